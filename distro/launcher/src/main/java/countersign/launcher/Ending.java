package countersign.launcher;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Why the agent ends. The first reason wins; any thread may give one. */
final class Ending {
    /** Asked to stop from outside. */
    static final String STOP = "";

    private final AtomicReference<String> reason = new AtomicReference<>();
    private final CountDownLatch given = new CountDownLatch(1);

    /** Stop, as asked: not a failure. */
    void stop() {
        end(STOP);
    }

    /** Give up: {@code message} says what is missing and what to do. */
    void abort(String message) {
        end(message == null || message.isBlank() ? "no reason given" : message);
    }

    private void end(String why) {
        reason.compareAndSet(null, why);
        given.countDown();
    }

    /** Whether the end was given within the time. */
    boolean await(long millis) throws InterruptedException {
        return given.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Waits for the end; {@link #STOP}, or the message of an abort. */
    String await() throws InterruptedException {
        given.await();
        return reason.get();
    }
}
