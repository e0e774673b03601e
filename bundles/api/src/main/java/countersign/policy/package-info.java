/**
 * Rules as their authors wrote them, before they are compiled (authorization.md sections 2 and 9).
 *
 * <p>{@link PolicySource} is implemented by whoever has rules: the key keeper for the host's document, another bundle for the
 * administrator's files, any other for a source of its own. The authorization bundle reads them all.
 */
@Export
@Version("1.0.0")
package countersign.policy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
