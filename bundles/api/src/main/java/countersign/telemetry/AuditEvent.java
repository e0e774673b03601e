package countersign.telemetry;

import static java.util.Objects.requireNonNull;

import countersign.attribution.Caller;
import countersign.authorization.Explanation;
import countersign.endpoint.Endpoint;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The record of one request: who asked for what, what was decided and why, what became of it (proxy.md section 12).
 *
 * @param requestId numbered from 1 over all connections
 * @param connectionId numbered from 1
 * @param url the request target as received
 * @param client peer address of the accepted connection
 * @param endpoint the guarded endpoint the caller wanted; empty without attribution
 * @param caller empty without attribution
 * @param status what the client was answered; 0 when the connection broke off without an answer
 * @param reason empty when forwarded, else the refusal's name, for example {@code authorization} or {@code no-usable-key}
 * @param failedAuthorization rules or defaults said no, also when audit mode let it pass
 * @param endorsement how the request went out
 * @param explanation empty when no decision was made
 * @param elapsed from the request's first byte to the end of its answer
 * @param errorDetails for operators; at most 4096 bytes of UTF-8, may be empty
 */
public record AuditEvent(
        Instant time,
        long requestId,
        long connectionId,
        String method,
        String url,
        InetSocketAddress client,
        Optional<Endpoint> endpoint,
        Optional<Caller> caller,
        int status,
        String reason,
        boolean failedAuthorization,
        EndorsementKind endorsement,
        Optional<Explanation> explanation,
        Duration elapsed,
        String errorDetails)
        implements AgentEvent {

    public AuditEvent {
        requireNonNull(time, "time");
        requireNonNull(method, "method");
        requireNonNull(url, "url");
        requireNonNull(client, "client");
        requireNonNull(endpoint, "endpoint");
        requireNonNull(caller, "caller");
        requireNonNull(reason, "reason");
        requireNonNull(endorsement, "endorsement");
        requireNonNull(explanation, "explanation");
        requireNonNull(elapsed, "elapsed");
        requireNonNull(errorDetails, "errorDetails");
    }

    /** How a request went to the host. */
    public enum EndorsementKind {
        /** Not forwarded. */
        NONE,
        SIGNED,
        EXEMPT,
        UNSIGNED
    }
}
