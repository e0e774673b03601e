package countersign.proxy.jetty;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The open connections of attributed callers, shared so that no user can keep the others out (ADR 11): while less than half of the places
 * are taken anybody may have one; from then on a user other than root no more than a share, and the last sixteenth is root's alone. Safe
 * from any thread.
 */
final class Places {
    private static final long ROOT = 0;

    private final int places;
    private final LongSupplier share;
    private final AtomicInteger taken = new AtomicInteger();
    private final ConcurrentHashMap<Long, Integer> takenBy = new ConcurrentHashMap<>();

    /** @param share of one user, asked each time it matters */
    Places(int places, LongSupplier share) {
        this.places = places;
        this.share = share;
    }

    /** Takes a place for a user and returns null, or takes none and returns the reason. */
    Refusal take(long uid) {
        int all = taken.incrementAndGet();
        int own = takenBy.merge(uid, 1, Integer::sum);
        Refusal refusal = judge(uid, all, own);
        if (refusal != null) {
            giveBack(uid);
        }
        return refusal;
    }

    void giveBack(long uid) {
        takenBy.computeIfPresent(uid, (user, count) -> count == 1 ? null : count - 1);
        taken.decrementAndGet();
    }

    private Refusal judge(long uid, int all, int own) {
        if (all > (uid == ROOT ? places : places - places / 16)) {
            return Refusal.CONNECTIONS;
        }
        return uid != ROOT && all > places / 2 && own > share.getAsLong() ? Refusal.USER_CONNECTIONS : null;
    }
}
