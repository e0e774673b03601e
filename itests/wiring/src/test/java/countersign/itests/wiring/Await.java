package countersign.itests.wiring;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

/** Waits for a state instead of a time. */
final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Await() {}

    /** Waits until an answer is {@code expected}; the failure names the last one. */
    static void equal(String state, int expected, Callable<Integer> answer) throws InterruptedException {
        AtomicInteger last = new AtomicInteger();
        try {
            until(state, PATIENCE, () -> {
                last.set(answer.call());
                return last.get() == expected;
            });
        } catch (AssertionError e) {
            throw new AssertionError(state + ": expected " + expected + ", last answer " + last.get(), e);
        }
    }

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
