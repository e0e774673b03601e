package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import countersign.authorization.AccessRequest;

/**
 * What a decision looks at (authorization.md section 1), in the engine's own terms.
 *
 * @param target without fragment; the constructor cuts one off
 */
public record Facts(Destination destination, String method, String target, Subject subject) {
    public Facts {
        requireNonNull(destination, "destination");
        requireNonNull(method, "method");
        requireNonNull(subject, "subject");
        int fragment = target.indexOf('#');
        target = fragment < 0 ? target : target.substring(0, fragment);
    }

    public static Facts of(AccessRequest request) {
        return new Facts(Destination.of(request.destination()), request.method(), request.target(), Subject.of(request.caller()));
    }
}
