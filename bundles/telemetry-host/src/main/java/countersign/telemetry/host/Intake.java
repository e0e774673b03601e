package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.logfile.LogText;
import countersign.summary.RequestSummary;
import countersign.summary.StatusText;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.TelemetryExporter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Takes what the host shall be told until it is collected. Bounded: what does not fit is counted as dropped. Notices are made events when they
 * are collected: most of them come while the agent starts, which redaction would slow down.
 */
final class Intake implements TelemetryExporter {
    static final int CAPACITY = 1000;
    private static final String FORBIDDEN = StatusText.of(403);

    private final String version;
    private final LongSupplier nanos;
    private final AtomicLong dropped;
    private final FirstHits hits = new FirstHits();
    private List<Supplier<GenericEvent>> events = new ArrayList<>();

    /**
     * @param version of the agent
     * @param nanos monotonic nanoseconds
     * @param dropped counts events that are told to nobody
     */
    Intake(String version, LongSupplier nanos, AtomicLong dropped) {
        this.version = requireNonNull(version, "version");
        this.nanos = requireNonNull(nanos, "nanos");
        this.dropped = requireNonNull(dropped, "dropped");
    }

    /** Synchronized, because one dispatcher may still drain its queue while its successor begins. */
    @Override
    public synchronized void export(AgentEvent event) {
        if (event instanceof NoticeEvent notice) {
            if (hasRoom()) {
                export(notice);
            }
        } else if (event instanceof AuditEvent audit) {
            export(audit);
        }
    }

    /** Takes out everything that has come. */
    List<GenericEvent> collect() {
        List<Supplier<GenericEvent>> collected;
        synchronized (this) {
            collected = events;
            events = new ArrayList<>();
        }
        return collected.stream().map(Supplier::get).toList();
    }

    /** A message that will be cut is cut at once: what waits must not be longer than what is sent. */
    private void export(NoticeEvent event) {
        if (event.message().length() <= MessageText.LIMIT) {
            events.add(() -> told(event));
        } else {
            GenericEvent told = told(event);
            events.add(() -> told);
        }
    }

    private GenericEvent told(NoticeEvent event) {
        return event(event.level().name(), MessageText.of(event.message()), event.name(), event.module(), event.time());
    }

    /** Audit mode counts a denial as such although the request passed, so that it may tell of two hits (status.md section 5.3). */
    private void export(AuditEvent event) {
        RequestSummary summary = RequestSummary.of(event);
        Set<String> statuses = new LinkedHashSet<>();
        if (event.failedAuthorization()) {
            statuses.add(FORBIDDEN);
        }
        statuses.add(summary.responseStatus());
        for (String status : statuses) {
            switch (hits.hit(summary, status, nanos.getAsLong())) {
                case FIRST -> {
                    if (hasRoom()) {
                        GenericEvent told = event("INFO", SummaryText.of(summary, status), "log_connection_summary", "proxy_server", event.time());
                        events.add(() -> told);
                    }
                }
                case LATER -> { }
                case UNKNOWN -> dropped.incrementAndGet();
            }
        }
    }

    private boolean hasRoom() {
        if (events.size() < CAPACITY) {
            return true;
        }
        dropped.incrementAndGet();
        return false;
    }

    private GenericEvent event(String level, String message, String taskName, String operationId, Instant time) {
        Origin origin = Origin.here(version);
        return new GenericEvent(level, message, version, taskName, origin.pid(), origin.tid(), operationId, LogText.timestamp(time));
    }
}
