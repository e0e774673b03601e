/**
 * What the agent tells the world: one audit event for each request, and notices of its own changes (proxy.md section 12, telemetry.md).
 *
 * <p>{@link Telemetry} is provided by the dispatcher. {@link TelemetryExporter} is implemented by every exporter: registered as a service
 * it gets all events from then on.
 */
@Export
@Version("1.0.0")
package countersign.telemetry;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
