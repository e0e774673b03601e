package countersign.summary;

import static java.util.Objects.requireNonNull;

import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.telemetry.AuditEvent;
import java.util.List;
import java.util.Optional;

/**
 * One request as summaries and logs name it (proxy.md section 12): what is unknown has a word of its own.
 *
 * @param ip address the caller wanted, {@code None} without attribution
 * @param port of that address, 0 without attribution
 * @param userName {@code empty} without a caller, {@code undefined} when the user has no account
 * @param processFullPath {@code empty} without a caller, an empty text when the path is unknown
 * @param processCmdLine {@code empty} without a caller, {@code undefined} when unknown
 * @param responseStatus code and reason phrase, for example {@code 200 OK}
 */
public record RequestSummary(
        long id,
        String method,
        String url,
        String clientIp,
        int clientPort,
        String ip,
        int port,
        long userId,
        String userName,
        List<String> userGroups,
        String processFullPath,
        String processCmdLine,
        boolean runAsElevated,
        String responseStatus,
        long elapsedTime,
        String errorDetails) {
    private static final String NO_CALLER = "empty";
    private static final String UNKNOWN = "undefined";

    public RequestSummary {
        requireNonNull(method, "method");
        requireNonNull(url, "url");
        requireNonNull(clientIp, "clientIp");
        requireNonNull(ip, "ip");
        requireNonNull(userName, "userName");
        userGroups = List.copyOf(userGroups);
        requireNonNull(processFullPath, "processFullPath");
        requireNonNull(processCmdLine, "processCmdLine");
        requireNonNull(responseStatus, "responseStatus");
        requireNonNull(errorDetails, "errorDetails");
    }

    /** The summary of {@code event} with the status the client was answered. */
    public static RequestSummary of(AuditEvent event) {
        Optional<Caller> caller = event.caller();
        Optional<Endpoint> endpoint = event.endpoint();
        return new RequestSummary(
                event.requestId(),
                event.method(),
                event.url(),
                event.client().isUnresolved() ? event.client().getHostString() : event.client().getAddress().getHostAddress(),
                event.client().getPort(),
                endpoint.map(Endpoint::ip).orElse("None"),
                endpoint.map(e -> e.address().getPort()).orElse(0),
                caller.map(Caller::uid).orElse(0L),
                caller.map(c -> c.userName().orElse(UNKNOWN)).orElse(NO_CALLER),
                caller.map(Caller::groups).orElse(List.of()),
                caller.map(c -> c.executable().orElse("")).orElse(NO_CALLER),
                caller.map(c -> c.commandLine().orElse(UNKNOWN)).orElse(NO_CALLER),
                caller.map(Caller::elevated).orElse(false),
                StatusText.of(event.status()),
                Math.max(0, event.elapsed().toMillis()),
                event.errorDetails());
    }
}
