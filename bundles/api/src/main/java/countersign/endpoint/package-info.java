/**
 * The guarded addresses of the host and how strictly each is guarded (authorization.md section 3, secure-channel.md section 3).
 *
 * <p>Values only; every other package speaks in their terms.
 */
@Export
@Version("1.0.0")
package countersign.endpoint;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
