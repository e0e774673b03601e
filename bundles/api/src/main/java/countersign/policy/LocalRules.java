package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** The state of one of the administrator's rule files (authorization.md section 9). */
public sealed interface LocalRules {
    /** There is no such file. */
    record Missing() implements LocalRules {}

    /** The file is there and cannot be used: the service fails closed. {@code reason} says what was expected. */
    record Unusable(String reason) implements LocalRules {
        public Unusable {
            requireNonNull(reason, "reason");
        }
    }

    /** A valid file. {@code rules} follow the checks of authorization.md section 9.4. */
    record Present(Optional<String> defaultAccess, Optional<String> id, Optional<AccessControlRules> rules) implements LocalRules {
        public Present {
            requireNonNull(defaultAccess, "defaultAccess");
            requireNonNull(id, "id");
            requireNonNull(rules, "rules");
        }
    }
}
