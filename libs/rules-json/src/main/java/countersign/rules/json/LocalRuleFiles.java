package countersign.rules.json;

import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.LocalRules;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads an administrator's rule file and checks it after authorization.md section 9.4: default access, id, privileges, roles, identities,
 * assignments, in this order; the first error wins. Stateless; safe from any thread.
 */
public final class LocalRuleFiles {
    private LocalRuleFiles() {}

    /** The file's content was read and says something it must not say. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(String message) {
            super(message);
        }
    }

    /**
     * Reads and checks a file.
     *
     * @throws MalformedJson when it is no JSON of that form
     * @throws Invalid when a check fails
     */
    public static LocalRules.Present read(byte[] file) throws MalformedJson, Invalid {
        return checked(RuleDocuments.parseLocal(file));
    }

    /** As {@link #read}, and takes positional arrays for objects as the reference does (authorization.md Q11). The agent never uses this. */
    public static LocalRules.Present readAsReference(byte[] file) throws MalformedJson, Invalid {
        return checked(RuleDocuments.parseLocalAsReference(file));
    }

    private static LocalRules.Present checked(LocalRules.Present file) throws Invalid {
        if (file.defaultAccess().isPresent()) {
            String access = file.defaultAccess().get();
            String word = Text.trim(access).toLowerCase(Locale.ROOT);
            demand(word.equals("allow") || word.equals("deny"), "defaultAccess: expected allow or deny, got " + Text.quote(access));
        }
        if (file.id().isPresent()) {
            demand(!Text.isBlank(file.id().get()), "id: expected text, got an empty id although one is provided");
        }
        if (file.rules().isPresent()) {
            check(file.rules().get());
        }
        return file;
    }

    private static void check(AccessControlRules rules) throws Invalid {
        Set<String> privileges = checkPrivileges(list(rules.privileges()));
        Set<String> roles = checkRoles(list(rules.roles()), privileges);
        Set<String> identities = checkIdentities(list(rules.identities()));
        checkAssignments(list(rules.roleAssignments()), roles, identities);
    }

    private static Set<String> checkPrivileges(List<Privilege> privileges) throws Invalid {
        Set<String> names = new HashSet<>();
        for (Privilege privilege : privileges) {
            demandName("privilege", privilege.name());
            String subject = "privilege " + Text.quote(privilege.name());
            demand(!Text.isBlank(privilege.path()), subject + ": expected a path, got an empty one");
            demandNew(subject, privilege.name(), names);
            Set<String> folded = new HashSet<>();
            for (Map.Entry<String, String> parameter : privilege.queryParameters().entrySet()) {
                demand(!Text.isBlank(parameter.getKey()), subject + ": expected a query parameter name, got an empty one");
                String key = Text.quote(parameter.getKey());
                demand(!Text.isBlank(parameter.getValue()), subject + ": expected a value for query parameter " + key + ", got an empty one");
                // Our addition, Q12: in the reference one of the two survives and nobody can tell which.
                demand(folded.add(parameter.getKey().toLowerCase(Locale.ROOT)),
                        subject + ": query parameter " + key + " is given twice in different case");
            }
        }
        return names;
    }

    private static Set<String> checkRoles(List<Role> roles, Set<String> privileges) throws Invalid {
        Set<String> names = new HashSet<>();
        for (Role role : roles) {
            demandName("role", role.name());
            String subject = "role " + Text.quote(role.name());
            demand(!role.privileges().isEmpty(), subject + ": expected at least one privilege, got an empty list");
            demandNew(subject, role.name(), names);
            checkReferences(subject, "privilege", role.privileges(), privileges);
        }
        return names;
    }

    private static Set<String> checkIdentities(List<Identity> identities) throws Invalid {
        Set<String> names = new HashSet<>();
        for (Identity identity : identities) {
            demandName("identity", identity.name());
            String subject = "identity " + Text.quote(identity.name());
            demandNew(subject, identity.name(), names);
            boolean selects = Stream.of(identity.userName(), identity.groupName(), identity.exePath(), identity.processName())
                    .flatMap(Optional::stream).anyMatch(selector -> !Text.isBlank(selector));
            demand(selects, subject + ": expected at least one of userName, groupName, exePath, processName that is not empty");
        }
        return names;
    }

    private static void checkAssignments(List<RoleAssignment> assignments, Set<String> roles, Set<String> identities) throws Invalid {
        for (RoleAssignment assignment : assignments) {
            demand(!Text.isBlank(assignment.role()), "role assignment: expected a role, got an empty name");
            String subject = "role assignment of " + Text.quote(assignment.role());
            demand(roles.contains(assignment.role()), subject + ": this file defines no such role");
            demand(!assignment.identities().isEmpty(), subject + ": expected at least one identity, got an empty list");
            checkReferences(subject, "identity", assignment.identities(), identities);
        }
    }

    private static void checkReferences(String subject, String kind, List<String> references, Set<String> defined) throws Invalid {
        Set<String> used = new HashSet<>();
        for (String reference : references) {
            demand(!Text.isBlank(reference), subject + ": expected the name of a " + kind + ", got an empty one");
            demand(used.add(reference), subject + ": " + kind + " " + Text.quote(reference) + " is named twice");
            demand(defined.contains(reference), subject + ": this file defines no " + kind + " " + Text.quote(reference));
        }
    }

    private static void demandName(String kind, String name) throws Invalid {
        demand(!Text.isBlank(name), kind + ": expected a name, got an empty one");
    }

    private static void demandNew(String subject, String name, Set<String> names) throws Invalid {
        demand(names.add(name), subject + " is defined twice");
    }

    private static void demand(boolean condition, String message) throws Invalid {
        if (!condition) {
            throw new Invalid(message);
        }
    }

    private static <T> List<T> list(Optional<List<T>> list) {
        return list.orElse(List.of());
    }
}
