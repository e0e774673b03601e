package countersign.telemetry.dispatch;

import static java.util.Objects.requireNonNull;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.TelemetryExporter;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One exporter with its queue and its thread. Whatever the exporter does, only its own events suffer: what does not fit is dropped, the
 * newest first, and counted; what it throws is counted.
 */
final class ExporterLane {
    private static final Logger LOG = LoggerFactory.getLogger(ExporterLane.class);
    private static final long REPORT_NANOS = Duration.ofSeconds(30).toNanos();
    /** Bytes that queued events may hold: callers choose how long their targets are, and the heap is small. */
    static final long BUDGET = 4 << 20;
    private static final long EVENT = 512;
    /** A target is in an event as received, canonical, and in what its decision looked at. */
    private static final int TARGETS = 3;

    private final String name;
    private final TelemetryExporter exporter;
    private final int capacity;
    private final Thread thread;
    private final Queue<AgentEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile long exported;
    private volatile long failed;
    private volatile boolean idle;
    private volatile boolean closed;
    private volatile boolean abandoned;
    private long reported;
    private long reportedAt;

    /**
     * @param name for log and counters
     * @param capacity how many events may wait, as long as they hold no more than {@link #BUDGET}
     */
    ExporterLane(String name, TelemetryExporter exporter, int capacity) {
        this.name = requireNonNull(name, "name");
        this.exporter = requireNonNull(exporter, "exporter");
        if (capacity < 1) {
            throw new IllegalArgumentException("queue capacity: expected at least 1, got " + capacity);
        }
        this.capacity = capacity;
        this.thread = new Thread(this::run, "countersign-exporter-" + name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The exporter's counters; taken one after the other, so that they may differ by events in flight. */
    ExporterCounters counters() {
        return new ExporterCounters(name, exported, failed, dropped.get(), Math.max(0, queued.get()));
    }

    boolean serves(TelemetryExporter other) {
        return exporter == other;
    }

    /** Queues {@code event} or drops it. Takes no lock, never waits, never throws. Safe from any thread. */
    void offer(AgentEvent event) {
        if (closed) {
            return; // on its way out: no longer one of the exporters
        }
        // Both are counted before either refuses, and both are given back.
        if (queued.incrementAndGet() > capacity | held.addAndGet(weight(event)) > BUDGET) {
            leave(event);
            dropped.incrementAndGet();
            return;
        }
        queue.add(event);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Takes no more events, waits until those that are queued are exported, for {@code patience} at most, and ends the thread. What is left
     * then counts as dropped; an exporter that does not return from its call is interrupted and left alone.
     */
    void close(Duration patience) {
        closed = true;
        LockSupport.unpark(thread);
        boolean interrupted = !join(patience);
        abandoned = true;
        if (thread.isAlive()) {
            LOG.warn("telemetry exporter {} did not take its {} queued events within {} ms: they are dropped", name, queued.get(), patience.toMillis());
            thread.interrupt();
        }
        for (AgentEvent event = queue.poll(); event != null; event = queue.poll()) {
            leave(event);
            dropped.incrementAndGet();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the exporter's thread has ended. */
    boolean ended() {
        return !thread.isAlive();
    }

    private boolean join(Duration patience) {
        try {
            thread.join(Math.max(1, patience.toMillis()));
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void run() {
        while (!abandoned) {
            AgentEvent event = queue.poll();
            if (event != null) {
                leave(event);
                export(event);
                report();
            } else if (closed) {
                return;
            } else {
                idle = true;
                // Looked at again after the announcement: a publisher that did not see it has queued its event before.
                if (queue.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
            }
        }
    }

    private void leave(AgentEvent event) {
        queued.decrementAndGet();
        held.addAndGet(-weight(event));
    }

    /** About how many bytes it keeps from the collector. */
    private static long weight(AgentEvent event) {
        if (event instanceof AuditEvent audit) {
            return EVENT + TARGETS * audit.url().length() + audit.errorDetails().length();
        }
        return EVENT + (event instanceof NoticeEvent notice ? notice.message().length() : 0);
    }

    private void export(AgentEvent event) {
        try {
            exporter.export(event);
            exported++; // written by this thread only
        } catch (Throwable e) {
            // Everything: a linkage error of a bundle that is being replaced must not end the lane either.
            if (failed++ == 0) {
                LOG.warn("telemetry exporter {} failed; further failures are counted", name, e);
            }
        }
    }

    private void report() {
        long lost = dropped.get();
        long now = System.nanoTime();
        if (lost > reported && (reported == 0 || now - reportedAt > REPORT_NANOS)) {
            LOG.warn("telemetry exporter {} is too slow: {} events dropped so far", name, lost);
            reported = lost;
            reportedAt = now;
        }
    }
}
