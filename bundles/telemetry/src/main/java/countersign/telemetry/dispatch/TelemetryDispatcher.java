package countersign.telemetry.dispatch;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.Telemetry;
import countersign.telemetry.TelemetryExporter;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The {@link Telemetry} service: a whiteboard for exporters. Also tells the status document how the exporters do. Immediate, so that
 * exporters are known before the first event.
 */
@Component(immediate = true, property = {HealthCheck.NAME + "=telemetryLoggerStatus", HealthCheck.TAGS + "=countersign"})
public final class TelemetryDispatcher implements Telemetry, HealthCheck {
    private static final int CAPACITY = 4096;
    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Dispatcher dispatcher = new Dispatcher(CAPACITY, DRAIN);

    @Activate
    public TelemetryDispatcher() {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindExporter(TelemetryExporter exporter, Map<String, Object> properties) {
        Object name = properties.get("component.name");
        dispatcher.add(String.valueOf(name == null ? exporter.getClass().getName() : name), exporter);
    }

    void unbindExporter(TelemetryExporter exporter) {
        dispatcher.remove(exporter);
    }

    @Override
    public void publish(AgentEvent event) {
        dispatcher.publish(event);
    }

    @Override
    public Result execute() {
        String counters = dispatcher.counters().stream().map(ExporterCounters::toString).collect(Collectors.joining("; "));
        return new Result(Result.Status.OK, counters.isEmpty() ? "no exporter" : counters);
    }
}
