/**
 * A request's head as it came and as it goes, and the tests that need nothing else (proxy.md sections 4 and 5, signing.md section 7).
 *
 * <p>Values and pure functions, shared so that judging, signing and forwarding cannot read one request in two ways.
 */
@Export
@Version("1.0.0")
package countersign.request;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
