package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The {@code authorizationRules} of the host: one optional item per service (authorization.md section 2.2).
 *
 * @param hostga parsed for its errors only; HostGAPlugin follows {@code wireserver}
 */
public record RuleDocument(Optional<RuleItem> imds, Optional<RuleItem> wireserver, Optional<RuleItem> hostga) {
    /** No item for any service: defaults decide. */
    public static final RuleDocument EMPTY = new RuleDocument(Optional.empty(), Optional.empty(), Optional.empty());

    public RuleDocument {
        requireNonNull(imds, "imds");
        requireNonNull(wireserver, "wireserver");
        requireNonNull(hostga, "hostga");
    }
}
