package countersign.proxy.jetty;

import countersign.lease.Lease;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import countersign.request.RequestHead;
import countersign.status.StatusDocument;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two targets the agent answers itself, on every connection (proxy.md sections 6 and 7). Never waits. */
final class LocalEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(LocalEndpoints.class);
    private static final String PROVISION = "/provision";
    private static final String STATUS = "/gpa-aggregated-status";

    private final Services services;

    LocalEndpoints(Services services) {
        this.services = services;
    }

    static boolean serves(RequestHead head) {
        return is(head, PROVISION) || is(head, STATUS);
    }

    Answer answer(Exchange exchange) {
        RequestHead head = exchange.received;
        if (!head.has("metadata")) {
            return Answer.refuse(Refusal.METADATA_MISSING);
        }
        try {
            return is(head, PROVISION) ? provision(head) : status(exchange);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("request {}: local query failed", exchange.id, e);
            return Answer.refuse(Refusal.INTERNAL);
        }
    }

    private Answer provision(RequestHead head) {
        try (Lease.Hold<Provisioning> provisioning = services.provisioning.acquire(Duration.ZERO).orElse(null)) {
            if (provisioning == null) {
                return Answer.refuse(Refusal.PROVISIONING_ABSENT);
            }
            ProvisionReport report = provisioning.service().query(head.last("x-ms-azure-time-tick").orElse(""), head.has("x-ms-azure-notify"));
            return Answer.json(new Json().plain("finished", report.finished()).text("errorMessage", report.errorMessage()).bytes());
        }
    }

    private Answer status(Exchange exchange) {
        if (!exchange.peer.elevated()) {
            return Answer.refuse(Refusal.STATUS_NOT_ELEVATED);
        }
        try (Lease.Hold<StatusDocument> document = services.status.acquire(Duration.ZERO).orElse(null)) {
            return document == null ? Answer.refuse(Refusal.STATUS_ABSENT) : Answer.json(document.service().json());
        }
    }

    /** Origin-form without a query; an empty one is accepted. */
    private static boolean is(RequestHead head, String path) {
        String target = head.target();
        return target.startsWith(path) && (target.length() == path.length() || target.length() == path.length() + 1 && target.endsWith("?"));
    }
}
