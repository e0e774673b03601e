package countersign.authorization;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;

/** The outcome of {@link PolicySnapshot#decide} (authorization.md section 7). */
public sealed interface Decision {
    /** Endorse and forward. */
    record Allow(Explanation explanation) implements Decision {
        public Allow {
            requireNonNull(explanation, "explanation");
        }

        @Override
        public <T> T fold(Function<Allow, T> onAllow, Function<AllowAudited, T> onAudited, Function<Deny, T> onDeny) {
            return onAllow.apply(this);
        }
    }

    /** Endorse and forward, and record a failed authorization: the rules said no in audit mode. */
    record AllowAudited(Explanation explanation) implements Decision {
        public AllowAudited {
            requireNonNull(explanation, "explanation");
        }

        @Override
        public <T> T fold(Function<Allow, T> onAllow, Function<AllowAudited, T> onAudited, Function<Deny, T> onDeny) {
            return onAudited.apply(this);
        }
    }

    /** Answer 403 and do not contact the host. */
    record Deny(Explanation explanation) implements Decision {
        public Deny {
            requireNonNull(explanation, "explanation");
        }

        @Override
        public <T> T fold(Function<Allow, T> onAllow, Function<AllowAudited, T> onAudited, Function<Deny, T> onDeny) {
            return onDeny.apply(this);
        }
    }

    Explanation explanation();

    <T> T fold(Function<Allow, T> onAllow, Function<AllowAudited, T> onAudited, Function<Deny, T> onDeny);
}
