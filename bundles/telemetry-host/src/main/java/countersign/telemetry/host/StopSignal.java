package countersign.telemetry.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Pauses on the monotonic clock until {@link #stop}. A thread is interrupted only while it waits for others: an interrupt that came later would
 * close the file into which it writes what is left.
 */
final class StopSignal implements Pauses {
    private Thread interruptible;
    private boolean stopped;

    @Override
    public synchronized boolean pause(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toNanos(); !stopped && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            stopped = true; // nobody interrupts this thread but to end it
        }
        return !stopped;
    }

    @Override
    public synchronized boolean stopped() {
        return stopped;
    }

    @Override
    public <T> T interruptibly(Work<T> work) throws IOException {
        synchronized (this) {
            if (stopped) {
                throw new InterruptedIOException("stopping");
            }
            interruptible = Thread.currentThread();
        }
        try {
            return work.run();
        } finally {
            synchronized (this) {
                interruptible = null;
                Thread.interrupted(); // it has done its work
            }
        }
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
        if (interruptible != null) {
            interruptible.interrupt();
        }
    }
}
