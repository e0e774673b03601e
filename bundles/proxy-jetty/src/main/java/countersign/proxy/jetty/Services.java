package countersign.proxy.jetty;

import countersign.attribution.Attribution;
import countersign.authorization.Authorizer;
import countersign.endorsement.Endorser;
import countersign.lease.Lease;
import countersign.provisioning.Provisioning;
import countersign.status.StatusDocument;
import countersign.telemetry.Telemetry;
import java.time.Duration;

/** The services a request meets, each of which may come, go and be replaced while requests flow. */
final class Services {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    final Lease<Attribution> attribution = new Lease<>(DRAIN);
    final Lease<Authorizer> authorizer = new Lease<>(DRAIN);
    final Lease<Endorser> endorser = new Lease<>(DRAIN);
    final Lease<Telemetry> telemetry = new Lease<>(DRAIN);
    final Lease<Provisioning> provisioning = new Lease<>(DRAIN);
    final Lease<StatusDocument> status = new Lease<>(DRAIN);
}
