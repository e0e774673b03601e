package countersign.host.client;

import countersign.endorsement.Endorser;
import countersign.endpoint.Endpoint;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostResponse;
import countersign.lease.Lease;
import java.io.IOException;
import java.time.Duration;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Wires the agent's own requests to the endorser in force. */
@Component(service = HostClient.class)
public final class HostClientComponent implements HostClient {
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration WHOLE = Duration.ofSeconds(15);

    private final Lease<Endorser> endorsers = new Lease<>(DRAIN);
    private final HostClient requests = new OwnRequests(endorsers, new Exchange(CONNECT, WHOLE, Endpoint::address));

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEndorser(Endorser endorser) {
        endorsers.bind(endorser);
    }

    void unbindEndorser(Endorser endorser) {
        endorsers.unbind(endorser);
    }

    @Override
    public HostResponse send(HostRequest request) throws IOException {
        return requests.send(request);
    }
}
