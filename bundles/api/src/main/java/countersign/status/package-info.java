/**
 * The agent's state in one document for operators and support tools (status.md).
 *
 * <p>{@link StatusDocument} is provided by the status bundle, which collects Felix health checks from all others; the proxy serves it.
 */
@Export
@Version("1.0.0")
package countersign.status;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
