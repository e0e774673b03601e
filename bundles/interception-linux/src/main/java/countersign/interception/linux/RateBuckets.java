package countersign.interception.linux;

import countersign.interception.InterceptionException;

/** The rate limiter's memory. Not thread safe. */
final class RateBuckets {
    private static final long SHARED = 0;

    private final BpfMap map;

    RateBuckets(BpfMap map) {
        this.map = map;
    }

    /** Makes the bucket for those who find no room for their own; without it they are refused. */
    void prepare() throws InterceptionException {
        OffHeap key = new OffHeap(Long.BYTES);
        OffHeap bucket = new OffHeap(Layout.Bucket.SIZE);
        key.bytes.putLong(0, SHARED);
        if (!map.lookup(key, bucket)) {
            map.update(key, bucket);
        }
    }

    /**
     * Removes buckets that would be full again: a new one is worth the same, so a vanished cgroup leaves nothing behind.
     *
     * @param now {@link System#nanoTime}, which on Linux is the programs' clock
     */
    void removeIdle(long now) throws InterceptionException {
        OffHeap bucket = new OffHeap(Layout.Bucket.SIZE);
        map.deleteIf(Long.BYTES, key -> key.bytes.getLong(0) != SHARED
                && map.lookup(key, bucket)
                && bucket.bytes.getLong(Layout.Bucket.ARRIVAL_NS) < now);
    }
}
