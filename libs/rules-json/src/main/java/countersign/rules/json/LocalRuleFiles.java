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

        private final String member;

        Invalid(String member, String message) {
            super(message);
            this.member = member;
        }

        /** JSON Pointer (RFC 6901) of what it is about. */
        public String member() {
            return member;
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
            demand(word.equals("allow") || word.equals("deny"), "/defaultAccess", "defaultAccess: expected allow or deny, got " + Text.quote(access));
        }
        if (file.id().isPresent()) {
            demand(!Text.isBlank(file.id().get()), "/id", "id: expected text, got an empty id although one is provided");
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
        for (int i = 0; i < privileges.size(); i++) {
            Privilege privilege = privileges.get(i);
            String member = "/rules/privileges/" + i;
            demandName(member, "privilege", privilege.name());
            String subject = "privilege " + Text.quote(privilege.name());
            demand(!Text.isBlank(privilege.path()), member + "/path", subject + ": expected a path, got an empty one");
            demandNew(member, subject, privilege.name(), names);
            checkParameters(member + "/queryParameters", subject, privilege.queryParameters());
        }
        return names;
    }

    private static void checkParameters(String member, String subject, Map<String, String> parameters) throws Invalid {
        Set<String> folded = new HashSet<>();
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            demand(!Text.isBlank(parameter.getKey()), member, subject + ": expected a query parameter name, got an empty one");
            String key = Text.quote(parameter.getKey());
            demand(!Text.isBlank(parameter.getValue()), member, subject + ": expected a value for query parameter " + key + ", got an empty one");
            // Our addition, Q12: in the reference one of the two survives and nobody can tell which.
            demand(folded.add(parameter.getKey().toLowerCase(Locale.ROOT)), member,
                    subject + ": query parameter " + key + " is given twice in different case");
        }
    }

    private static Set<String> checkRoles(List<Role> roles, Set<String> privileges) throws Invalid {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < roles.size(); i++) {
            Role role = roles.get(i);
            String member = "/rules/roles/" + i;
            demandName(member, "role", role.name());
            String subject = "role " + Text.quote(role.name());
            demand(!role.privileges().isEmpty(), member + "/privileges", subject + ": expected at least one privilege, got an empty list");
            demandNew(member, subject, role.name(), names);
            checkReferences(member + "/privileges", subject, "privilege", role.privileges(), privileges);
        }
        return names;
    }

    private static Set<String> checkIdentities(List<Identity> identities) throws Invalid {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < identities.size(); i++) {
            Identity identity = identities.get(i);
            String member = "/rules/identities/" + i;
            demandName(member, "identity", identity.name());
            String subject = "identity " + Text.quote(identity.name());
            demandNew(member, subject, identity.name(), names);
            boolean selects = Stream.of(identity.userName(), identity.groupName(), identity.exePath(), identity.processName())
                    .flatMap(Optional::stream).anyMatch(selector -> !Text.isBlank(selector));
            demand(selects, member, subject + ": expected at least one of userName, groupName, exePath, processName that is not empty");
        }
        return names;
    }

    private static void checkAssignments(List<RoleAssignment> assignments, Set<String> roles, Set<String> identities) throws Invalid {
        for (int i = 0; i < assignments.size(); i++) {
            RoleAssignment assignment = assignments.get(i);
            String member = "/rules/roleAssignments/" + i;
            demand(!Text.isBlank(assignment.role()), member + "/role", "role assignment: expected a role, got an empty name");
            String subject = "role assignment of " + Text.quote(assignment.role());
            demand(roles.contains(assignment.role()), member + "/role", subject + ": this file defines no such role");
            demand(!assignment.identities().isEmpty(), member + "/identities", subject + ": expected at least one identity, got an empty list");
            checkReferences(member + "/identities", subject, "identity", assignment.identities(), identities);
        }
    }

    private static void checkReferences(String list, String subject, String kind, List<String> references, Set<String> defined) throws Invalid {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < references.size(); i++) {
            String member = list + '/' + i;
            String reference = references.get(i);
            demand(!Text.isBlank(reference), member, subject + ": expected the name of a " + kind + ", got an empty one");
            demand(used.add(reference), member, subject + ": " + kind + " " + Text.quote(reference) + " is named twice");
            demand(defined.contains(reference), member, subject + ": this file defines no " + kind + " " + Text.quote(reference));
        }
    }

    private static void demandName(String member, String kind, String name) throws Invalid {
        demand(!Text.isBlank(name), member + "/name", kind + ": expected a name, got an empty one");
    }

    private static void demandNew(String member, String subject, String name, Set<String> names) throws Invalid {
        demand(names.add(name), member + "/name", subject + " is defined twice");
    }

    private static void demand(boolean condition, String member, String message) throws Invalid {
        if (!condition) {
            throw new Invalid(member, message);
        }
    }

    private static <T> List<T> list(Optional<List<T>> list) {
        return list.orElse(List.of());
    }
}
