package countersign.authorization.engine.advice;

import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RuleItem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Entries of an item that already say what a change needs; of equal names the last, as compilation takes it. */
final class Existing {
    private final Map<String, Privilege> privileges = new LinkedHashMap<>();
    private final Map<String, Role> roles = new LinkedHashMap<>();
    private final Map<String, Identity> identities = new LinkedHashMap<>();

    Existing(RuleItem item) {
        item.rules().flatMap(AccessControlRules::privileges).ifPresent(list -> list.forEach(entry -> privileges.put(entry.name(), entry)));
        item.rules().flatMap(AccessControlRules::roles).ifPresent(list -> list.forEach(entry -> roles.put(entry.name(), entry)));
        item.rules().flatMap(AccessControlRules::identities).ifPresent(list -> list.forEach(entry -> identities.put(entry.name(), entry)));
    }

    Optional<String> privilege(Privilege like) {
        return privileges.values().stream()
                .filter(privilege -> fold(privilege.path()).equals(like.path())
                        && folded(privilege.queryParameters()).equals(like.queryParameters()))
                .map(Privilege::name)
                .findFirst();
    }

    /** A role that gives these privileges and nothing else. */
    Optional<String> roleOfOnly(List<String> names) {
        return roles.values().stream().filter(role -> role.privileges().equals(names)).map(Role::name).findFirst();
    }

    Optional<String> identity(Identity caller) {
        return identities.values().stream()
                .filter(identity -> CallerSelectors.named("", identity).equals(caller))
                .map(Identity::name)
                .findFirst();
    }

    private static Map<String, String> folded(Map<String, String> query) {
        Map<String, String> folded = new LinkedHashMap<>();
        query.forEach((key, value) -> folded.put(fold(key), fold(value)));
        return folded;
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
