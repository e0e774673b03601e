package countersign.host.simulator.control;

import countersign.host.simulator.channel.Service;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The last requests, in a ring bounded by count and by memory, and counters over all of them. The counters go on while
 * the ring is switched off. Safe for concurrent use.
 */
public final class Journal {
    private static final int MAX_WEIGHT = 64 << 20;

    private final Consumer<String> lines;
    private final Map<Service, Map<String, LongAdder>> counters = new ConcurrentHashMap<>();
    private final Deque<JournalEntry> ring = new ArrayDeque<>();
    private int capacity;
    private int weight;
    private long last;
    private long dropped;

    /**
     * @param capacity entries kept; 0 switches the ring off
     * @param lines gets one line per request, or {@code null}
     */
    public Journal(int capacity, Consumer<String> lines) {
        this.lines = lines;
        resize(capacity);
    }

    /** Entries of a query, and where the next query goes on. */
    record Page(List<JournalEntry> entries, long last, long dropped) {}

    /** Records one request. */
    public void add(JournalEntry entry) {
        counters.computeIfAbsent(entry.service(), s -> new ConcurrentHashMap<>())
                .computeIfAbsent(entry.reason(), r -> new LongAdder()).increment();
        if (lines != null) {
            lines.accept(entry.toLine());
        }
        synchronized (this) {
            if (capacity == 0) {
                return;
            }
            ring.addLast(entry.numbered(++last));
            weight += entry.weight();
            trim();
            notifyAll();
        }
    }

    /**
     * Entries with a number above {@code after}, oldest first.
     *
     * @param waitMillis how long to wait for the first one
     */
    synchronized Page query(long after, int limit, long waitMillis, Predicate<JournalEntry> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + waitMillis * 1_000_000;
        while (true) {
            List<JournalEntry> found = new ArrayList<>();
            for (JournalEntry entry : ring) {
                if (entry.seq() > after && found.size() < limit && wanted.test(entry)) {
                    found.add(entry);
                }
            }
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (!found.isEmpty() || leftMillis <= 0) {
                long through = found.size() == limit && limit > 0 ? found.get(limit - 1).seq() : Math.max(last, after);
                return new Page(found, through, dropped);
            }
            wait(leftMillis);
        }
    }

    /** Requests by service and reason since the last reset. */
    Map<Service, Map<String, Long>> counts() {
        Map<Service, Map<String, Long>> all = new TreeMap<>();
        counters.forEach((service, reasons) -> {
            Map<String, Long> counts = new TreeMap<>();
            reasons.forEach((reason, count) -> counts.put(reason, count.sum()));
            all.put(service, counts);
        });
        return all;
    }

    /** Sets how many entries are kept. */
    public synchronized void resize(int newCapacity) {
        if (newCapacity < 0) {
            throw new IllegalArgumentException("journal capacity " + newCapacity + ": expected zero or more");
        }
        capacity = newCapacity;
        trim();
    }

    synchronized int capacity() {
        return capacity;
    }

    /** Forgets the entries; numbers and counters go on. */
    public synchronized void clear() {
        ring.clear();
        weight = 0;
        dropped = 0;
    }

    /** Starts the counters from zero. */
    public void clearCounters() {
        counters.clear();
    }

    private void trim() {
        while (ring.size() > capacity || weight > MAX_WEIGHT) {
            weight -= ring.removeFirst().weight();
            dropped++;
        }
    }
}
