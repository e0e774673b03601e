package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The compiled rule sets of all destinations. HostGAPlugin has the platform's WireServer rules (authorization.md section 3). */
public record ItemSet(Optional<CompiledItem> imds, Optional<CompiledItem> wireserver, Optional<CompiledItem> hostga) {
    /** No rules anywhere: defaults decide. */
    public static final ItemSet EMPTY = new ItemSet(Optional.empty(), Optional.empty(), Optional.empty());

    public ItemSet {
        requireNonNull(imds, "imds");
        requireNonNull(wireserver, "wireserver");
        requireNonNull(hostga, "hostga");
    }

    /** The rule set that a destination follows, if there is one. */
    public Optional<CompiledItem> of(Destination destination) {
        return switch (destination) {
            case IMDS -> imds;
            case WIRESERVER -> wireserver;
            case HOSTGA -> hostga;
            case AGENT, OTHER -> Optional.empty();
        };
    }
}
