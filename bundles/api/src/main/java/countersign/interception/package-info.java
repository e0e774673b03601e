/**
 * Keeping connections off the direct path to the host (interception.md).
 *
 * <p>{@link Interceptor} is provided by the interception bundle of the platform. The proxy claims its listener, the key keeper says which
 * endpoints are redirected.
 */
@Export
@Version("1.0.0")
package countersign.interception;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
