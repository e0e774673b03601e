package countersign.telemetry;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes events to one place. Register it as a service and events arrive, until it is unregistered. Each exporter has a bounded queue and a
 * thread of its own: a slow or throwing one loses its own events (counted) and harms nobody.
 */
@ConsumerType
public interface TelemetryExporter {
    /** Takes one event; may wait and may throw. Called from one thread at a time, in the order of publication. */
    void export(AgentEvent event);
}
