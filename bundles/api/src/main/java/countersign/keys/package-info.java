/**
 * The secure channel's key: latched from the host, kept at rest, used to sign and never shown (secure-channel.md).
 *
 * <p>{@link KeyRing} is provided by the key keeper, {@link KeyVault} by a vault's bundle. {@link SigningKey} is the only class that holds
 * key bytes.
 */
@Export
@Version("1.0.0")
package countersign.keys;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
