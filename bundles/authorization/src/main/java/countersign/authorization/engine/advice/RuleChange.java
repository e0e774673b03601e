package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Entries to add to a rule document. Nothing is ever removed or altered.
 *
 * @param privilege empty when one that is there will do; so for role and identity
 * @param alsoAllows what else passes from then on, because the rule language cannot tell it from the request
 * @param alsoRefuses what else is refused from then on, for the same reason
 */
public record RuleChange(
        Optional<Privilege> privilege,
        Optional<Role> role,
        Optional<Identity> identity,
        RoleAssignment assignment,
        List<String> alsoAllows,
        List<String> alsoRefuses) {
    public RuleChange {
        requireNonNull(privilege, "privilege");
        requireNonNull(role, "role");
        requireNonNull(identity, "identity");
        requireNonNull(assignment, "assignment");
        alsoAllows = List.copyOf(alsoAllows);
        alsoRefuses = List.copyOf(alsoRefuses);
    }

    /** The item with the entries added; lists it lacks are created, because rules take effect only when all four are there. */
    public RuleItem applyTo(RuleItem item) {
        Optional<AccessControlRules> rules = item.rules();
        AccessControlRules changed = new AccessControlRules(
                added(rules.flatMap(AccessControlRules::privileges), privilege),
                added(rules.flatMap(AccessControlRules::roles), role),
                added(rules.flatMap(AccessControlRules::identities), identity),
                added(rules.flatMap(AccessControlRules::roleAssignments), Optional.of(assignment)));
        return new RuleItem(item.defaultAccess(), item.mode(), item.id(), Optional.of(changed));
    }

    /** The entries alone, as lists of a rule document. */
    public AccessControlRules additions() {
        return new AccessControlRules(
                privilege.map(List::of), role.map(List::of), identity.map(List::of), Optional.of(List.of(assignment)));
    }

    private static <T> Optional<List<T>> added(Optional<List<T>> list, Optional<T> entry) {
        List<T> longer = new ArrayList<>(list.orElse(List.of()));
        entry.ifPresent(longer::add);
        return Optional.of(longer);
    }
}
