package countersign.host;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import java.util.List;

/**
 * A request of the agent itself to the host.
 *
 * @param headers the ones particular to this request; date, host, claims and content-length are added by the client (signing.md section 7)
 * @param body not copied; empty array when there is none
 */
public record HostRequest(Endpoint endpoint, String method, String target, List<HeaderField> headers, byte[] body, Signing signing) {
    public HostRequest {
        requireNonNull(endpoint, "endpoint");
        requireNonNull(method, "method");
        requireNonNull(target, "target");
        headers = List.copyOf(headers);
        requireNonNull(body, "body");
        requireNonNull(signing, "signing");
    }

    /** With which key, if any. */
    public sealed interface Signing {
        /** Never signed. */
        record None() implements Signing {}

        /** Signed if a key is latched. */
        record IfLatched() implements Signing {}

        /** Signed with this key, latched or not. */
        record With(SigningKey key) implements Signing {
            public With {
                requireNonNull(key, "key");
            }
        }
    }
}
