package countersign.authorization;

import static java.util.Objects.requireNonNull;

import countersign.policy.AccessControlRules;
import java.util.List;

/** What the author of the rules could do for a refused request. For audit events and operators, never for the caller. */
public sealed interface Proposal {
    /**
     * The smallest change that would have let the request pass; it has been tried.
     *
     * @param additions entries to add to the rules in force; nothing is removed or altered
     * @param alsoAllows what else passes from then on, because the rule language cannot tell it from the request
     * @param alsoRefuses what else is refused from then on, for the same reason
     */
    record Change(AccessControlRules additions, List<String> alsoAllows, List<String> alsoRefuses) implements Proposal {
        public Change {
            requireNonNull(additions, "additions");
            alsoAllows = List.copyOf(alsoAllows);
            alsoRefuses = List.copyOf(alsoRefuses);
        }
    }

    /** No rule could have let it pass; the reason says why. */
    record None(String reason) implements Proposal {
        public None {
            requireNonNull(reason, "reason");
        }
    }

    /** Nobody has looked for one; the reason says why. */
    record LeftOut(String reason) implements Proposal {
        public LeftOut {
            requireNonNull(reason, "reason");
        }
    }
}
