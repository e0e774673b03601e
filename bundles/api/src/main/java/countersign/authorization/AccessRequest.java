package countersign.authorization;

import static java.util.Objects.requireNonNull;

import countersign.attribution.Caller;
import java.net.InetSocketAddress;

/**
 * All that a decision may look at (authorization.md section 1): headers and body never take part.
 *
 * @param destination the original destination of the intercepted connection
 * @param target the request target as received, without fragment
 */
public record AccessRequest(InetSocketAddress destination, String method, String target, Caller caller) {
    public AccessRequest {
        requireNonNull(destination, "destination");
        requireNonNull(method, "method");
        requireNonNull(target, "target");
        requireNonNull(caller, "caller");
    }
}
