package countersign.request;

import countersign.endpoint.Endpoint;
import java.util.Locale;
import java.util.Optional;

/**
 * A request that the host takes unsigned and that may be large (signing.md section 7, authorization.md section 8).
 * The whole target is compared as text, ignoring case: no decoding, no reordering.
 */
public enum ExemptRequest {
    AGENT_LOG("PUT", "/vmagentlog"),
    TELEMETRY("POST", "/machine/?comp=telemetrydata");

    private final String method;
    private final String target;

    ExemptRequest(String method, String target) {
        this.method = method;
        this.target = target;
    }

    /** The exemption that applies to this method and target wherever the request goes. */
    public static Optional<ExemptRequest> of(String method, String target) {
        for (ExemptRequest exempt : values()) {
            if (exempt.method.equals(method) && exempt.target.equals(target.toLowerCase(Locale.ROOT))) {
                return Optional.of(exempt);
            }
        }
        return Optional.empty();
    }

    /** As {@link #of(String, String)}, and only at an endpoint that serves such requests (signing.md S15). */
    public static Optional<ExemptRequest> of(Endpoint endpoint, String method, String target) {
        return of(method, target).filter(exempt -> exempt.servedBy(endpoint));
    }

    private boolean servedBy(Endpoint endpoint) {
        return switch (this) {
            case AGENT_LOG -> endpoint.equals(Endpoint.WIRESERVER) || endpoint.equals(Endpoint.HOSTGA);
            case TELEMETRY -> endpoint.equals(Endpoint.WIRESERVER);
        };
    }
}
