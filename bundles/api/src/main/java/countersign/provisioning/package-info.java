/**
 * Whether the machine may go on booting: what must be ready first, and what is missing (secure-channel.md section 10).
 *
 * <p>{@link Provisioning} is provided by the key keeper. Each part reports itself ready; the proxy answers those who wait.
 */
@Export
@Version("1.0.0")
package countersign.provisioning;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
