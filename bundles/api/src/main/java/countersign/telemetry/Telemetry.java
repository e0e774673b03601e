package countersign.telemetry;

import org.osgi.annotation.versioning.ProviderType;

/** Takes events from the agent's parts to every exporter. */
@ProviderType
public interface Telemetry {
    /** Hands an event to every exporter's queue. Never waits, never throws, safe from any thread. */
    void publish(AgentEvent event);
}
