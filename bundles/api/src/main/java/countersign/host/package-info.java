/**
 * The agent's own dealings with the host: requests, the host's clock, what it says about this machine (host-endpoints.md).
 *
 * <p>{@link HostClient}, {@link HostClock} and {@link HostMetadata} are provided by the host client's bundle. Their methods may wait for
 * the host unless they say otherwise: not for threads that serve requests.
 */
@Export
@Version("1.0.0")
package countersign.host;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
