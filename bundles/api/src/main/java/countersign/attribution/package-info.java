/**
 * Who made a connection: facts of the kernel, and detail that provably describes the same process (interception.md section 4).
 *
 * <p>{@link Attribution} is provided by the interception bundle of the platform and used by the proxy once per connection; all else are
 * values.
 */
@Export
@Version("1.0.0")
package countersign.attribution;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
