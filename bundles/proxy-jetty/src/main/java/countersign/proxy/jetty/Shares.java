package countersign.proxy.jetty;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Something of which there is only so much, shared so that no user can keep the others out (ADR 11): while no more than half is taken
 * anybody may have some; from then on a user other than root no more than a share, and the last sixteenth is root's alone. Safe from any
 * thread.
 */
final class Shares {
    /** Holder for all whom the kernel does not know. */
    static final long NOBODY = -1;

    private static final long ROOT = 0;

    private final long total;
    private final LongSupplier share;
    private final AtomicLong taken = new AtomicLong();
    private final ConcurrentHashMap<Long, Long> takenBy = new ConcurrentHashMap<>();

    /** What became of a wish. */
    enum Outcome {
        TAKEN,
        NONE_LEFT,
        SHARE_EXCEEDED
    }

    /** @param share of one user, asked each time it matters */
    Shares(long total, LongSupplier share) {
        this.total = total;
        this.share = share;
    }

    /** Takes all of {@code amount} for a user, or nothing. */
    Outcome take(long uid, long amount) {
        long all = taken.addAndGet(amount);
        long own = takenBy.merge(uid, amount, Long::sum);
        Outcome outcome = judge(uid, all, own);
        if (outcome != Outcome.TAKEN) {
            giveBack(uid, amount);
        }
        return outcome;
    }

    void giveBack(long uid, long amount) {
        takenBy.computeIfPresent(uid, (user, own) -> own == amount ? null : own - amount);
        taken.addAndGet(-amount);
    }

    long taken() {
        return taken.get();
    }

    private Outcome judge(long uid, long all, long own) {
        if (all > (uid == ROOT ? total : total - total / 16)) {
            return Outcome.NONE_LEFT;
        }
        return uid != ROOT && all > total / 2 && own > share.getAsLong() ? Outcome.SHARE_EXCEEDED : Outcome.TAKEN;
    }
}
