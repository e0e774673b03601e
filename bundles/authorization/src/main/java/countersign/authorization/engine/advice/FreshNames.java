package countersign.authorization.engine.advice;

import countersign.policy.AccessControlRules;
import countersign.policy.RuleItem;
import java.util.HashSet;
import java.util.Set;

/** Names that occur nowhere in an item, not even as a reference to something that was never defined. */
final class FreshNames {
    private final Set<String> taken = new HashSet<>();

    FreshNames(RuleItem item) {
        item.rules().ifPresent(this::take);
    }

    String fresh(String stem) {
        String name = stem;
        for (int i = 2; !taken.add(name); i++) {
            name = stem + '-' + i;
        }
        return name;
    }

    private void take(AccessControlRules rules) {
        rules.privileges().ifPresent(list -> list.forEach(privilege -> taken.add(privilege.name())));
        rules.identities().ifPresent(list -> list.forEach(identity -> taken.add(identity.name())));
        rules.roles().ifPresent(list -> list.forEach(role -> {
            taken.add(role.name());
            taken.addAll(role.privileges());
        }));
        rules.roleAssignments().ifPresent(list -> list.forEach(assignment -> {
            taken.add(assignment.role());
            taken.addAll(assignment.identities());
        }));
    }
}
