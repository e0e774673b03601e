package countersign.status.aggregate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests of the last four hours counted by {@link SummaryKey}. Holds a bounded number of keys; what comes later counts as overflow. */
final class SummaryMap {
    private static final long PRUNE_PAUSE = Duration.ofMinutes(1).toNanos();
    private static final int GROUPS = 64;

    private record Entry(List<String> groups, TimeBuckets buckets) {}

    private final Map<SummaryKey, Entry> entries = new LinkedHashMap<>();
    private final int limit;
    private boolean pruned;
    private long prunedAt;

    SummaryMap(int limit) {
        this.limit = limit;
    }

    /**
     * @param groups of the user; those of the key's first hit are kept
     * @param now monotonic nanoseconds
     */
    synchronized void hit(SummaryKey key, List<String> groups, long now) {
        Entry entry = entries.get(key);
        if (entry == null) {
            boolean room = room(now);
            SummaryKey counted = room ? key : SummaryKey.OVERFLOW;
            entry = entries.computeIfAbsent(counted, k -> new Entry(room ? bounded(groups) : List.of(), new TimeBuckets()));
        }
        entry.buckets.hit(now);
    }

    synchronized List<SummaryRow> rows(long now) {
        prune(now);
        List<SummaryRow> rows = new ArrayList<>(entries.size());
        entries.forEach((key, entry) -> rows.add(new SummaryRow(
                key.userName(), key.ip(), key.port(), key.processCmdLine(), key.responseStatus(), entry.buckets.count(), entry.groups,
                key.processFullPath())));
        return rows;
    }

    private boolean room(long now) {
        if (entries.size() < limit) {
            return true;
        }
        if (!pruned || now - prunedAt >= PRUNE_PAUSE) { // looking through all keys at each new one would cost too much
            prune(now);
        }
        return entries.size() < limit;
    }

    private void prune(long now) {
        entries.values().removeIf(entry -> !entry.buckets.prune(now));
        pruned = true;
        prunedAt = now;
    }

    private static List<String> bounded(List<String> groups) {
        return groups.stream().limit(GROUPS).map(SummaryKey::bounded).toList();
    }
}
