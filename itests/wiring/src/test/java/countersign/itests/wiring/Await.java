package countersign.itests.wiring;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a state instead of a time. */
final class Await {
    private Await() {}

    static void until(String state, Duration patience, Callable<Boolean> holds) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (holds.call()) {
                    return;
                }
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("waited " + patience.toSeconds() + " s in vain until " + state, last);
    }
}
