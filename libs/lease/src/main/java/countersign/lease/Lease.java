package countersign.lease;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * A dynamic service reference that loses no call when the service is replaced. {@link #bind} and {@link #unbind} are the bind and unbind
 * methods of a dynamic, greedy, optional reference: SCR binds the successor before it unbinds the predecessor, and deactivates the
 * predecessor only after unbind returned, so unbind is the place to wait for calls in flight.
 *
 * <p>Callers take the service with {@link #acquire}: without a lock while one is bound, waiting a bounded time while none is. Safe from any
 * thread.
 *
 * @param <S> the service
 */
public final class Lease<S> {
    private static final int RETIRED = Integer.MIN_VALUE;

    private final Duration drain;
    private final AtomicLong overruns = new AtomicLong();
    private final Object changes = new Object();
    private final List<Hold<S>> bound = new ArrayList<>(2);
    private volatile Hold<S> current;
    private Absence<S> absence = new Absence<>();

    /** @param drain how long unbind waits for calls in flight before it lets go and counts an overrun */
    public Lease(Duration drain) {
        this.drain = requireNonNull(drain, "drain");
    }

    /** One service object and the number of calls in it. Close it when the call is over. */
    public static final class Hold<S> implements AutoCloseable {
        private final S service;
        private final AtomicInteger calls = new AtomicInteger();

        private Hold(S service) {
            this.service = service;
        }

        public S service() {
            return service;
        }

        @Override
        public void close() {
            if (calls.decrementAndGet() == 0) {
                synchronized (this) {
                    notifyAll();
                }
            }
        }

        private boolean enter() {
            for (int now = calls.get(); now >= 0; now = calls.get()) {
                if (calls.compareAndSet(now, now + 1)) {
                    return true;
                }
            }
            return false;
        }

        private synchronized boolean retire(Duration patience) {
            long deadline = System.nanoTime() + patience.toNanos();
            boolean interrupted = false;
            while (!calls.compareAndSet(0, RETIRED)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                interrupted |= pause(this, left);
            }
            restore(interrupted);
            return calls.get() == RETIRED;
        }
    }

    /** A time without a service; guarded by {@link #changes}. */
    private static final class Absence<S> {
        final long since = System.nanoTime();
        int waiting;
        Hold<S> ended;
    }

    /** Makes {@code service} the one that later calls get. Calls in flight stay with its predecessor. */
    public void bind(S service) {
        Hold<S> arriving = new Hold<>(requireNonNull(service, "service"));
        synchronized (changes) {
            if (bound.isEmpty()) {
                // Those who wait are inside at once: until they run, the service may have gone again, and so on for ever.
                arriving.calls.set(absence.waiting);
                absence.ended = arriving;
                changes.notifyAll();
            }
            bound.add(arriving);
            current = arriving;
        }
    }

    /** Stops handing out {@code service} and waits until the calls in it are over, for the drain time at most. */
    public void unbind(S service) {
        Hold<S> leaving = remove(service);
        if (leaving != null && !leaving.retire(drain)) {
            overruns.incrementAndGet();
        }
    }

    /**
     * Enters the service in force, waiting until there is one.
     *
     * @param patience how long to wait at most while none is bound
     * @return the service, to be closed when the call is over, or empty: the caller must refuse
     */
    public Optional<Hold<S>> acquire(Duration patience) {
        Hold<S> hold = current;
        if (hold != null && hold.enter()) {
            return Optional.of(hold);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        return acquireLater(found -> deadline);
    }

    /**
     * As {@link #acquire}, with a patience shared by all callers: it runs from the moment the service vanished (or this lease was made), so
     * callers that arrive when it is used up get their answer at once and a long absence holds no threads.
     */
    public Optional<Hold<S>> acquireWithin(Duration longest) {
        Hold<S> hold = current;
        if (hold != null && hold.enter()) {
            return Optional.of(hold);
        }
        return acquireLater(found -> found.since + longest.toNanos());
    }

    /** Whether a service is bound at this moment. */
    public boolean isBound() {
        return current != null;
    }

    /** How often a service was let go while calls were still in it. */
    public long overruns() {
        return overruns.get();
    }

    /** @param until when to give up in the absence that is found */
    private Optional<Hold<S>> acquireLater(ToLongFunction<Absence<S>> until) {
        boolean interrupted = false;
        try {
            synchronized (changes) {
                Hold<S> hold = current;
                // A hold leaves 'current' under this lock before it retires, so the one seen here still lets callers in.
                if (hold != null && hold.enter()) {
                    return Optional.of(hold);
                }
                Absence<S> waitedOut = absence;
                long deadline = until.applyAsLong(waitedOut);
                waitedOut.waiting++;
                while (waitedOut.ended == null) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        waitedOut.waiting--;
                        return Optional.empty();
                    }
                    interrupted |= pause(changes, left);
                }
                return Optional.of(waitedOut.ended);
            }
        } finally {
            restore(interrupted);
        }
    }

    private Hold<S> remove(S service) {
        synchronized (changes) {
            for (int i = bound.size() - 1; i >= 0; i--) {
                if (bound.get(i).service == service) {
                    Hold<S> leaving = bound.remove(i);
                    if (bound.isEmpty()) {
                        absence = new Absence<>();
                    }
                    current = bound.isEmpty() ? null : bound.get(bound.size() - 1);
                    return leaving;
                }
            }
            return null;
        }
    }

    private static boolean pause(Object monitor, long nanos) {
        try {
            monitor.wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
