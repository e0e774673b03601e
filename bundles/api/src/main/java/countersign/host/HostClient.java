package countersign.host;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Sends the agent's own requests: one connection each, no redirects, no retries (host-endpoints.md section 1). */
@ProviderType
public interface HostClient {
    /**
     * Sends and waits: at most 5 s for the connection and 15 s for the whole exchange (secure-channel.md Q1). Safe from any thread.
     *
     * @throws IOException when there is no complete answer, or it is larger than 1 MiB; the message names endpoint and target
     */
    HostResponse send(HostRequest request) throws IOException;
}
