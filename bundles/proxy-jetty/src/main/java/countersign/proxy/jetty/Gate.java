package countersign.proxy.jetty;

import countersign.attribution.AttributionOutcome.Attributed;
import countersign.authorization.AccessRequest;
import countersign.authorization.Authorizer;
import countersign.authorization.Explanation;
import countersign.authorization.PolicySnapshot;
import countersign.endorsement.Endorsement.UnsignedReason;
import countersign.endorsement.Endorser;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.lease.Lease;
import countersign.request.ExemptRequest;
import countersign.request.HeaderField;
import countersign.request.RequestGuard;
import countersign.request.RequestHead;
import countersign.telemetry.AuditEvent.EndorsementKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a request, step by step in the order of proxy.md section 3. Does no I/O and, unless told that it may, never waits. Safe
 * from any thread.
 */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int DEFAULT_PORT = 80;

    private final Services services;
    private final Endpoint listener;
    private final Duration absence;

    /** The next step of a request. */
    sealed interface Verdict {
        record Refuse(Answer answer) implements Verdict {}

        /** Read the body, then ask {@link LocalEndpoints}. */
        record Local() implements Verdict {}

        /** Read the body, then ask {@link Gate#endorse}. */
        record Forward() implements Verdict {}

        /** Ask {@link Gate#endorse} at once and stream the body. */
        record Stream() implements Verdict {}

        /** A service is being replaced: ask again from a thread that may wait. */
        record Later() implements Verdict {}

        /** Send exactly this head to the endpoint. */
        record Send(Endpoint endpoint, RequestHead head) implements Verdict {}
    }

    private static final Verdict LOCAL = new Verdict.Local();
    private static final Verdict FORWARD = new Verdict.Forward();
    private static final Verdict STREAM = new Verdict.Stream();
    private static final Verdict LATER = new Verdict.Later();

    /** @param listener the agent's own socket, which is what clients without attribution have called */
    Gate(Services services, Endpoint listener, Duration absence) {
        this.services = services;
        this.listener = listener;
        this.absence = absence;
    }

    /** Decides on a head. Sets decision and details of the exchange. */
    Verdict judge(Exchange exchange, boolean mayWait) {
        try {
            return judgeUnguarded(exchange, mayWait);
        } catch (RuntimeException | LinkageError e) {
            return internalError(exchange, e);
        }
    }

    /** Endorses a request that {@link #judge} let pass; {@code body} is empty when it is streamed. Sets endorsement and details of the exchange. */
    Verdict endorse(Exchange exchange, byte[] body, boolean mayWait) {
        try (Lease.Hold<Endorser> endorser = acquire(services.endorser, mayWait)) {
            if (endorser == null) {
                return mayWait ? refuse(Refusal.ENDORSER_ABSENT) : LATER;
            }
            Attributed attributed = exchange.peer.attributed().orElseThrow();
            Optional<List<HeaderField>> headers = HopByHop.strip(exchange.received.headers());
            if (headers.isEmpty()) {
                return refuse(Refusal.CONNECTION_OPTION);
            }
            RequestHead head = new RequestHead(exchange.received.method(), exchange.received.target(), withHost(headers.get(), attributed.endpoint()));
            return endorser.service()
                    .endorse(attributed.endpoint(), head, body, attributed.caller().elevated())
                    .fold(
                            signed -> send(exchange, EndorsementKind.SIGNED, signed.head()),
                            unsigned -> send(exchange, kind(unsigned.reason()), unsigned.head()),
                            refused -> refuse(Refusal.of(refused.reason())));
        } catch (RuntimeException | LinkageError e) {
            return internalError(exchange, e);
        }
    }

    private Verdict judgeUnguarded(Exchange exchange, boolean mayWait) {
        Optional<Refusal> unfit = Optional.empty();
        boolean inspected = false;
        // Local queries are answered without an endorser too, so its absence is no matter yet.
        try (Lease.Hold<Endorser> endorser = acquire(services.endorser, false)) {
            if (endorser != null) {
                unfit = inspect(endorser.service(), exchange);
                inspected = true;
            }
        }
        if (unfit.isPresent() && unfit.get() == Refusal.BODY_LENGTH) {
            return refuse(Refusal.BODY_LENGTH);
        }
        Optional<RequestGuard.Violation> violation = RequestGuard.check(exchange.received.method(), exchange.received.target());
        if (violation.isPresent() && violation.get() == RequestGuard.Violation.METHOD) {
            return refuse(Refusal.METHOD);
        }
        unfit = unfit.or(() -> unfitForUs(exchange));
        if (unfit.isPresent()) {
            return refuse(unfit.get());
        }
        if (violation.isPresent()) {
            return refuse(Refusal.TRAVERSAL);
        }
        if (LocalEndpoints.serves(exchange.received)) {
            return LOCAL;
        }
        if (exchange.peer.refusal().isPresent()) {
            return refuse(exchange.peer.refusal().get());
        }
        if (!inspected) {
            try (Lease.Hold<Endorser> endorser = acquire(services.endorser, mayWait)) {
                if (endorser == null) {
                    return mayWait ? refuse(Refusal.ENDORSER_ABSENT) : LATER;
                }
                unfit = inspect(endorser.service(), exchange);
                if (unfit.isPresent()) {
                    return refuse(unfit.get());
                }
            }
        }
        return authorize(exchange, mayWait);
    }

    private Verdict authorize(Exchange exchange, boolean mayWait) {
        Attributed attributed = exchange.peer.attributed().orElseThrow();
        try (Lease.Hold<Authorizer> authorizer = acquire(services.authorizer, mayWait)) {
            if (authorizer == null) {
                return mayWait ? refuse(Refusal.AUTHORIZER_ABSENT) : LATER;
            }
            RequestHead head = exchange.received;
            PolicySnapshot policy = authorizer.service().snapshot();
            exchange.decision = policy.decide(
                    new AccessRequest(attributed.endpoint().address(), head.method(), head.target(), attributed.caller()));
        }
        if (exchange.trace != null) {
            Explanation explanation = exchange.decision.explanation();
            exchange.trace.stage("decided " + exchange.decision.fold(allow -> "allow", audited -> "allow-audited", deny -> "deny")
                    + " in stage " + explanation.stage().label() + ", epoch " + explanation.epoch() + ", decision " + explanation.decisionId());
        }
        Verdict pass = ExemptRequest.of(attributed.endpoint(), exchange.received.method(), exchange.received.target()).isPresent() ? STREAM : FORWARD;
        return exchange.decision.fold(allow -> pass, audited -> pass, deny -> deny(attributed.endpoint(), deny.explanation()));
    }

    /** What an endorser finds; for a client that called the listener itself the authority does not matter, 421 is its answer. */
    private Optional<Refusal> inspect(Endorser endorser, Exchange exchange) {
        Optional<RefusalReason> reason = endorser.inspect(exchange.peer.endpoint().orElse(listener), exchange.received);
        return reason.filter(r -> r != RefusalReason.AUTHORITY || exchange.peer.attributed().isPresent()).map(Refusal::of);
    }

    private static Optional<Refusal> unfitForUs(Exchange exchange) {
        if (exchange.http10 && exchange.received.has("transfer-encoding")) {
            return Optional.of(Refusal.HTTP10_CHUNKED);
        }
        return Optional.empty();
    }

    /** HTTP/1.1, as spoken to the host, demands a Host field; HTTP/1.0, as some clients speak it, does not. */
    private static List<HeaderField> withHost(List<HeaderField> headers, Endpoint endpoint) {
        for (HeaderField field : headers) {
            if (field.name().equals("host")) {
                return headers;
            }
        }
        int port = endpoint.address().getPort();
        headers.add(new HeaderField("host", port == DEFAULT_PORT ? endpoint.ip() : endpoint.ip() + ":" + port));
        return headers;
    }

    /** Tells the caller how to name this decision to an operator, and nothing about anybody's rights. */
    private static Verdict deny(Endpoint endpoint, Explanation explanation) {
        byte[] json = new Json()
                .text("decisionId", explanation.decisionId())
                .text("stage", explanation.stage().label())
                .text("endpoint", endpoint.name())
                .text("canonicalPath", explanation.canonicalPath())
                .plain("epoch", explanation.epoch())
                .bytes();
        return new Verdict.Refuse(Answer.refuse(Refusal.AUTHORIZATION, json));
    }

    private static Verdict send(Exchange exchange, EndorsementKind kind, RequestHead head) {
        exchange.endorsement = kind;
        return new Verdict.Send(exchange.peer.attributed().orElseThrow().endpoint(), head);
    }

    private static EndorsementKind kind(UnsignedReason reason) {
        return reason == UnsignedReason.EXEMPT ? EndorsementKind.EXEMPT : EndorsementKind.UNSIGNED;
    }

    private static Verdict refuse(Refusal refusal) {
        return new Verdict.Refuse(Answer.refuse(refusal));
    }

    private static Verdict internalError(Exchange exchange, Throwable e) {
        LOG.error("request {}: refused after an internal error", exchange.id, e);
        exchange.details = e.getClass().getName();
        return refuse(Refusal.INTERNAL);
    }

    private <S> Lease.Hold<S> acquire(Lease<S> lease, boolean mayWait) {
        return (mayWait ? lease.acquireWithin(absence) : lease.acquire(Duration.ZERO)).orElse(null);
    }
}
