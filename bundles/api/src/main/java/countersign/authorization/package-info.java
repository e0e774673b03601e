/**
 * May this caller have that path: a pure decision over facts that are handed in, and why it fell (authorization.md sections 6 to 8).
 *
 * <p>{@link Authorizer} and its snapshots are provided by the authorization bundle. The proxy takes one snapshot per request; exporters and
 * tools read the {@link Explanation}.
 */
@Export
@Version("1.0.0")
package countersign.authorization;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
