package countersign.status.aggregate;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.TelemetryExporter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Counts requests as an exporter among others. A component of its own, without references: what writes the document needs services that
 * themselves need telemetry, and would close a circle.
 */
@Component(service = {TelemetryExporter.class, SummaryCollector.class})
public final class SummaryCollector implements TelemetryExporter {
    private final ConnectionSummaries summaries = new ConnectionSummaries(System::nanoTime);

    @Activate
    public SummaryCollector() {}

    @Override
    public void export(AgentEvent event) {
        if (event instanceof AuditEvent audit) {
            summaries.count(audit);
        }
    }

    ConnectionSummaries summaries() {
        return summaries;
    }
}
