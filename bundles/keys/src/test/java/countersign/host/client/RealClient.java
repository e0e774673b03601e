package countersign.host.client;

import countersign.endorsement.Endorser;
import countersign.host.HostClient;
import countersign.lease.Lease;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The host client as it ships, sent to a host on loopback. */
public final class RealClient {
    private RealClient() {}

    public static HostClient to(InetSocketAddress host, Endorser endorser) {
        Lease<Endorser> endorsers = new Lease<>(Duration.ofSeconds(1));
        endorsers.bind(endorser);
        return new OwnRequests(endorsers, new Exchange(Duration.ofSeconds(5), Duration.ofSeconds(15), endpoint -> host));
    }
}
