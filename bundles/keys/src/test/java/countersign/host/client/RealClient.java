package countersign.host.client;

import countersign.endorsement.Endorser;
import countersign.host.HostClient;
import countersign.host.HostClock;
import countersign.lease.Lease;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/** The host client as it ships, sent to a host on loopback. */
public final class RealClient {
    private RealClient() {}

    /** The host clock as it ships. */
    public static HostClock clock() {
        return new SynchronisedClock(Instant::now, System::nanoTime);
    }

    public static HostClient to(InetSocketAddress host, Endorser endorser) {
        return to(host, endorser, Duration.ofMinutes(10));
    }

    /** @param whole how long an exchange may take */
    public static HostClient to(InetSocketAddress host, Endorser endorser, Duration whole) {
        Lease<Endorser> endorsers = new Lease<>(Duration.ofSeconds(1));
        endorsers.bind(endorser);
        return new OwnRequests(endorsers, new Exchange(Duration.ofMinutes(10), whole, endpoint -> host));
    }
}
