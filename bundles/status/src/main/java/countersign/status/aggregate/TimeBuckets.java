package countersign.status.aggregate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;

/** Counts the hits of the last four hours in buckets of 15 minutes, each measured from its first hit (status.md section 5.2). */
final class TimeBuckets {
    static final long LENGTH = Duration.ofMinutes(15).toNanos();
    static final long RETAINED = Duration.ofHours(4).toNanos();

    private static final class Bucket {
        private final long start;
        private long count = 1;

        Bucket(long start) {
            this.start = start;
        }
    }

    private final Queue<Bucket> buckets = new ArrayDeque<>(2);
    private Bucket newest;

    /** @param now monotonic nanoseconds */
    void hit(long now) {
        if (newest != null && now - newest.start < LENGTH) {
            newest.count++;
            return;
        }
        prune(now);
        newest = new Bucket(now);
        buckets.add(newest);
    }

    long count() {
        long sum = 0;
        for (Bucket bucket : buckets) {
            sum += bucket.count;
        }
        return sum;
    }

    /** Drops what is too old; false when nothing is left. */
    boolean prune(long now) {
        for (Iterator<Bucket> i = buckets.iterator(); i.hasNext() && now - i.next().start >= RETAINED; ) {
            i.remove();
        }
        return !buckets.isEmpty();
    }
}
