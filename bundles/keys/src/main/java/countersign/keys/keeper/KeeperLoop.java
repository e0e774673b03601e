package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the secure channel its time: one thread that sleeps until the next poll or a notification. */
final class KeeperLoop {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperLoop.class);
    private static final long STOP_MILLIS = 3000;

    /** Asked before each turn whether to go on. */
    interface Permit {
        boolean mayPoll();
    }

    private final SecureChannel channel;
    private final LongSupplier processNanos;
    private final Permit permit;
    private final Thread thread = new Thread(this::run, "countersign-keys");
    private boolean notified;
    private boolean stopped;
    private OptionalLong nextInterval = OptionalLong.empty();

    KeeperLoop(SecureChannel channel, LongSupplier processNanos, Permit permit) {
        this.channel = requireNonNull(channel, "channel");
        this.processNanos = requireNonNull(processNanos, "processNanos");
        this.permit = requireNonNull(permit, "permit");
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the thread, also in the middle of an exchange with the host; waits for it a bounded time. */
    void stop() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One pending notification is kept; further ones coalesce. */
    synchronized void wake() {
        notified = true;
        notifyAll();
    }

    /** Changes the pause between polls, the present one included. */
    synchronized void interval(long nanos) {
        nextInterval = OptionalLong.of(nanos);
        notifyAll();
    }

    private void run() {
        while (await()) {
            try {
                turn();
            } catch (RuntimeException | LinkageError e) {
                // The latter when a bundle was replaced in the middle of a call that took longer than its lease waits.
                LOG.error("a turn of the key keeper failed, the next one comes as planned", e);
            }
        }
    }

    private void turn() {
        if (takeNotification()) {
            channel.notified();
        }
        if (processNanos.getAsLong() >= channel.due()) {
            if (permit.mayPoll()) {
                channel.poll();
            } else {
                stopped();
            }
        }
    }

    private synchronized void stopped() {
        stopped = true;
    }

    private synchronized boolean takeNotification() {
        boolean taken = notified;
        notified = false;
        return taken;
    }

    /** Waits for the next event; false when there will be no more. */
    private synchronized boolean await() {
        try {
            while (!stopped && !notified) {
                nextInterval.ifPresent(channel::interval);
                nextInterval = OptionalLong.empty();
                long left = channel.due() - processNanos.getAsLong();
                if (left <= 0) {
                    return true;
                }
                wait(left / 1_000_000 + 1);
            }
            return !stopped;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
