package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StopSignalTest {
    private final StopSignal signal = new StopSignal();

    @Test
    void pause_endsByItself() {
        assertTrue(signal.pause(Duration.ofMillis(1)));
    }

    @Test
    void stop_endsAPauseAtOnce_andEveryLaterOne() throws Exception {
        FutureTask<Boolean> pausing = new FutureTask<>(() -> signal.pause(Duration.ofDays(1)));
        Thread thread = start(pausing);
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        signal.stop();
        assertFalse(pausing.get());
        assertFalse(signal.pause(Duration.ofDays(1)));
        assertTrue(signal.stopped());
    }

    @Test
    void stop_interruptsWorkThatWaits_andLeavesNoInterruptBehind() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            assertThrows(IOException.class, () -> signal.interruptibly(() -> {
                working.countDown();
                return waitForEver();
            }));
            return Thread.currentThread().isInterrupted();
        });
        start(task);
        working.await();
        signal.stop();
        assertFalse(task.get());
    }

    @Test
    void stop_interruptsNothingElse() throws Exception {
        assertEquals("done", signal.interruptibly(() -> "done"));
        signal.stop();
        assertFalse(Thread.currentThread().isInterrupted());
        assertThrows(InterruptedIOException.class, () -> signal.interruptibly(() -> "not begun"));
    }

    private static String waitForEver() throws IOException {
        try {
            new CountDownLatch(1).await();
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
