package countersign.policy;

import static java.util.Objects.requireNonNull;

/** What one {@link PolicySource} brings: the host's document, or the administrator's files that may be merged into it. */
public sealed interface PolicyContribution {
    /** Rules of the platform. */
    record Host(RuleDocument document) implements PolicyContribution {
        public Host {
            requireNonNull(document, "document");
        }
    }

    /** Rules of this machine's administrator; they count only where the host's item says so. */
    record Local(LocalRules imds, LocalRules wireserver) implements PolicyContribution {
        public Local {
            requireNonNull(imds, "imds");
            requireNonNull(wireserver, "wireserver");
        }
    }
}
