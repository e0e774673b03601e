/**
 * The agent's countersignature: what must be in a request for the host to accept it (signing.md).
 *
 * <p>{@link Endorser} is provided by the signing bundle and used by the proxy and the host client; all else are values.
 */
@Export
@Version("1.0.0")
package countersign.endorsement;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
