package countersign.authorization.engine.live;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Time for work that strangers can cause: {@value #BURST_MILLIS} ms at once, in the long run a {@value #SHARE}th of the time between. Work that has
 * begun is finished, and paid for later. One piece of work at a time; safe from any thread.
 */
final class Allowance {
    private static final long BURST_MILLIS = 250;
    private static final long SHARE = 20;
    private static final long BURST = TimeUnit.MILLISECONDS.toNanos(BURST_MILLIS);

    private final LongSupplier nanoTime;
    private long left = BURST;
    private long since;

    Allowance(LongSupplier nanoTime) {
        this.nanoTime = requireNonNull(nanoTime, "nanoTime");
        this.since = nanoTime.getAsLong();
    }

    /** Does the work, or returns empty at once when there is no time left. */
    synchronized <T> Optional<T> spend(Supplier<T> work) {
        long now = nanoTime.getAsLong();
        if (left + (now - since) / SHARE <= 0) {
            return Optional.empty();
        }
        left = Math.min(BURST, left + (now - since) / SHARE);
        T result = work.get();
        since = nanoTime.getAsLong();
        left -= since - now;
        return Optional.of(result);
    }
}
