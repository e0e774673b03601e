package countersign.telemetry.host;

import java.io.IOException;
import java.time.Duration;

/** How the one thread of the loop waits, and learns that it shall end. */
interface Pauses {
    /** Waits; false, at once, when it shall end. */
    boolean pause(Duration time);

    boolean stopped();

    /**
     * Does what may take long, unless the loop shall end; an end interrupts it.
     *
     * @throws IOException also when it was not begun
     */
    <T> T interruptibly(Work<T> work) throws IOException;

    /** What waits for others. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }
}
