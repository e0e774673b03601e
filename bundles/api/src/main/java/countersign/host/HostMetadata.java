package countersign.host;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Knows what the host says about this machine (host-endpoints.md sections 3 to 5). Safe from any thread. */
@ProviderType
public interface HostMetadata {
    /**
     * The last complete set; empty when there has never been one. Asks the host when the set is older than 15 minutes, so it may wait for
     * three requests; not to be called where a request is being served.
     */
    Optional<VmMetadata> current();
}
