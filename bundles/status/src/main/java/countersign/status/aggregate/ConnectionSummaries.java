package countersign.status.aggregate;

import countersign.summary.RequestSummary;
import countersign.summary.StatusText;
import countersign.telemetry.AuditEvent;
import java.util.List;
import java.util.function.LongSupplier;

/** The two summaries of the status document: all finished requests, and failed authorization (status.md section 5.3). Thread-safe. */
final class ConnectionSummaries {
    /** Most keys in each map (proxy.md P15). */
    static final int KEYS = 2000;

    private static final String FORBIDDEN = StatusText.of(403);

    private final SummaryMap ordinary = new SummaryMap(KEYS);
    private final SummaryMap failed = new SummaryMap(KEYS);
    private final LongSupplier nanos;
    private volatile long highestId;

    /** @param nanos monotonic nanoseconds: buckets must not follow a system clock that jumps */
    ConnectionSummaries(LongSupplier nanos) {
        this.nanos = nanos;
    }

    void count(AuditEvent event) {
        long now = nanos.getAsLong();
        RequestSummary summary = RequestSummary.of(event);
        boolean callerMissing = event.endpoint().isPresent() && event.caller().isEmpty();
        if (event.failedAuthorization()) {
            // Consumers rely on 403 here, also when audit mode let the request pass (proxy.md P20).
            failed.hit(SummaryKey.of(summary, FORBIDDEN), summary.userGroups(), now);
        } else if (callerMissing) {
            failed.hit(SummaryKey.of(summary, summary.responseStatus()), summary.userGroups(), now);
        }
        if (!callerMissing) {
            ordinary.hit(SummaryKey.of(summary, summary.responseStatus()), summary.userGroups(), now);
        }
        highestId = Math.max(highestId, event.requestId());
    }

    List<SummaryRow> ordinary() {
        return ordinary.rows(nanos.getAsLong());
    }

    List<SummaryRow> failed() {
        return failed.rows(nanos.getAsLong());
    }

    /** The highest request number so far: requests are numbered from 1. */
    long requests() {
        return highestId;
    }
}
