package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

import countersign.policy.AccessControlRules;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Entries to add to a rule document. Nothing is ever removed or altered.
 *
 * @param additions lists of what is new; absent where nothing is
 * @param alsoAllows what else passes from then on
 * @param alsoRefuses what else is refused from then on
 */
public record RuleChange(AccessControlRules additions, List<SideEffect> alsoAllows, List<SideEffect> alsoRefuses) {
    public RuleChange {
        requireNonNull(additions, "additions");
        alsoAllows = List.copyOf(alsoAllows);
        alsoRefuses = List.copyOf(alsoRefuses);
    }

    /** The item with the entries added; lists it lacks are created, because rules take effect only when all four are there. */
    public RuleItem applyTo(RuleItem item) {
        Optional<AccessControlRules> rules = item.rules();
        AccessControlRules changed = new AccessControlRules(
                joined(rules, AccessControlRules::privileges),
                joined(rules, AccessControlRules::roles),
                joined(rules, AccessControlRules::identities),
                joined(rules, AccessControlRules::roleAssignments));
        return new RuleItem(item.defaultAccess(), item.mode(), item.id(), Optional.of(changed));
    }

    private <T> Optional<List<T>> joined(Optional<AccessControlRules> rules, Function<AccessControlRules, Optional<List<T>>> list) {
        List<T> longer = new ArrayList<>(rules.flatMap(list).orElse(List.of()));
        longer.addAll(list.apply(additions).orElse(List.of()));
        return Optional.of(longer);
    }
}
