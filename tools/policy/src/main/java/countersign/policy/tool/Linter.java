package countersign.policy.tool;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.endpoint.EndpointMode;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import countersign.rules.json.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Warns of everything in one rule set that compilation skips in silence or that means something else than it seems to. */
final class Linter {
    /** Paths that the services are known to have; a rule that ends inside one of their segments was hardly meant to. */
    private static final List<String> KNOWN_PATHS = List.of(
            "/metadata/instance", "/metadata/identity/oauth2/token", "/metadata/identity/info", "/metadata/attested/document",
            "/metadata/scheduledevents", "/metadata/loadbalancer", "/metadata/versions", "/machine/plugins", "/machine", "/vmagentlog",
            "/vmsettings", "/extensionartifact", "/status", "/health", "/hostingenvironmentconfig", "/sharedconfig");

    private final String at;
    private final List<Warning> warnings = new ArrayList<>();
    private final Set<String> assigned = new HashSet<>();

    /** @param at JSON Pointer of what holds the member {@code rules} */
    private Linter(String at) {
        this.at = at;
    }

    /** @param at JSON Pointer of the item */
    static List<Warning> lint(String at, RuleItem item) {
        Linter linter = new Linter(at);
        if (EndpointMode.parse(item.mode()).isEmpty()) {
            linter.warn("/mode", "expected disabled, audit or enforce, got " + Text.quote(item.mode())
                    + ": compat takes it as disabled, strict as enforce" + hint(item.mode(), List.of("disabled", "audit", "enforce")));
        }
        linter.access(Optional.of(item.defaultAccess()));
        item.rules().ifPresent(linter::lint);
        return linter.warnings;
    }

    static List<Warning> lintLocal(Optional<String> defaultAccess, Optional<AccessControlRules> rules) {
        Linter linter = new Linter("");
        linter.access(defaultAccess);
        rules.ifPresent(linter::lint);
        return linter.warnings;
    }

    private void access(Optional<String> access) {
        boolean known = access.isEmpty() || access.get().equalsIgnoreCase("allow") || access.get().equalsIgnoreCase("deny");
        if (!known) {
            warn("/defaultAccess", "expected allow or deny, got " + Text.quote(access.get()) + ": taken as deny" + hint(access.get(), List.of("allow", "deny")));
        }
    }

    private void lint(AccessControlRules rules) {
        List<String> missing = new ArrayList<>();
        List.of("privileges", "roles", "identities", "roleAssignments").forEach(list -> {
            if (list(rules, list).isEmpty()) {
                missing.add(list);
            }
        });
        if (!missing.isEmpty()) {
            warn("/rules", "the list " + String.join(", ", missing) + " is missing: no rule takes effect, defaultAccess alone decides");
        }
        List<Privilege> privileges = rules.privileges().orElse(List.of());
        List<Role> roles = rules.roles().orElse(List.of());
        List<Identity> identities = rules.identities().orElse(List.of());
        List<RoleAssignment> assignments = rules.roleAssignments().orElse(List.of());
        duplicates("privileges", privileges, Privilege::name);
        duplicates("roles", roles, Role::name);
        duplicates("identities", identities, Identity::name);
        references(privileges, roles, identities, assignments);
        for (int i = 0; i < privileges.size(); i++) {
            privilege("/rules/privileges/" + i, privileges.get(i), privileges);
        }
        for (int i = 0; i < identities.size(); i++) {
            identity("/rules/identities/" + i, identities.get(i));
        }
    }

    private void references(List<Privilege> privileges, List<Role> roles, List<Identity> identities, List<RoleAssignment> assignments) {
        List<String> privilegeNames = privileges.stream().map(Privilege::name).toList();
        List<String> roleNames = roles.stream().map(Role::name).toList();
        List<String> identityNames = identities.stream().map(Identity::name).toList();
        for (int i = 0; i < roles.size(); i++) {
            dangling("/rules/roles/" + i + "/privileges", "privilege", roles.get(i).privileges(), privilegeNames);
            if (roles.get(i).privileges().isEmpty()) {
                warn("/rules/roles/" + i, "the role " + Text.quote(roles.get(i).name()) + " has no privilege: it gives nothing");
            }
        }
        Set<String> usedRoles = new HashSet<>();
        Set<String> usedIdentities = new HashSet<>();
        for (int i = 0; i < assignments.size(); i++) {
            RoleAssignment assignment = assignments.get(i);
            dangling("/rules/roleAssignments/" + i + "/role", "role", List.of(assignment.role()), roleNames);
            dangling("/rules/roleAssignments/" + i + "/identities", "identity", assignment.identities(), identityNames);
            boolean anybody = assignment.identities().stream().anyMatch(identityNames::contains);
            if (!anybody) {
                warn("/rules/roleAssignments/" + i, "gives the role " + Text.quote(assignment.role()) + " to nobody");
            }
            usedRoles.add(assignment.role());
            usedIdentities.addAll(assignment.identities());
            if (anybody) {
                lastOf(roles, Role::name, assignment.role()).ifPresent(role -> assigned.addAll(role.privileges()));
            }
        }
        unused("roles", "role", roleNames, usedRoles, "is never assigned: it gives nothing");
        unused("identities", "identity", identityNames, usedIdentities, "is in no role assignment: it holds nothing");
        unused("privileges", "privilege", privilegeNames, assigned, "is held by nobody: its path is refused to everyone, also under defaultAccess allow");
    }

    private void privilege(String member, Privilege privilege, List<Privilege> all) {
        String subject = "the privilege " + Text.quote(privilege.name()) + " ";
        String path = privilege.path().toLowerCase(Locale.ROOT);
        if (!path.isEmpty() && !path.startsWith("/")) {
            warn(member + "/path", subject
                    + "is unreachable in compat: its path does not begin with a slash; in strict only the canonical matcher matches it");
        } else if (path.indexOf('?') >= 0) {
            warn(member + "/path", subject + "is unreachable: a path with ? never matches, parameters belong into queryParameters");
        } else if (path.indexOf('#') >= 0) {
            warn(member + "/path", subject + "is unreachable: a request target has no #");
        } else if (path.contains("//") || path.contains("..")) {
            warn(member + "/path", subject + "is unreachable: requests with // or .. are refused before any rule");
        }
        if (path.isEmpty() || path.equals("/")) {
            warn(member + "/path", subject + "covers every path");
        }
        if (path.indexOf('%') >= 0) {
            warn(member + "/path", subject + "has % in its path: compat takes it literally, the canonical matcher decodes it");
        }
        canonical(member, subject, path);
        insideSegment(member, subject, path, all);
        parameters(member, subject, privilege);
        for (Privilege other : all) {
            boolean same = other != privilege && !other.name().equals(privilege.name()) && other.path().equalsIgnoreCase(privilege.path())
                    && other.queryParameters().equals(privilege.queryParameters());
            if (same && all.indexOf(other) < all.indexOf(privilege)) {
                warn(member, subject + "covers the same as the privilege " + Text.quote(other.name()));
                break;
            }
        }
    }

    private void canonical(String member, String subject, String path) {
        if (Canonicalizer.pattern(path, "") instanceof Canonical.Refused refused) {
            warn(member + "/path", subject + "has no canonical form (" + refused.error().code() + "): in strict it grants nothing");
        }
    }

    private void insideSegment(String member, String subject, String path, List<Privilege> all) {
        if (path.length() < 2 || path.endsWith("/")) {
            return;
        }
        List<String> others = new ArrayList<>(KNOWN_PATHS);
        all.forEach(other -> others.add(other.path().toLowerCase(Locale.ROOT)));
        boolean whole = others.stream().anyMatch(other -> other.startsWith(path + "/")) || KNOWN_PATHS.contains(path);
        others.stream()
                .filter(other -> other.startsWith(path) && other.length() > path.length() && other.charAt(path.length()) != '/')
                .findFirst()
                .filter(other -> !whole || !KNOWN_PATHS.contains(other))
                .ifPresent(other -> warn(member + "/path", subject + "ends inside a segment of " + Text.quote(other)
                        + ": compat lets it match that path, strict does not"));
    }

    private void parameters(String member, String subject, Privilege privilege) {
        Map<String, String> folded = new HashMap<>();
        privilege.queryParameters().forEach((key, value) -> {
            String where = member + "/queryParameters";
            if (key.isEmpty()) {
                warn(where, subject + "is unreachable: no request has a parameter without a name");
            }
            String other = folded.put(key.toLowerCase(Locale.ROOT), key);
            if (other != null) {
                warn(where, subject + "names the parameter " + Text.quote(key) + " twice in different case: the last one counts");
            }
            if ((key + value).matches("(?s).*[+%].*")) {
                warn(where, subject + "has + or % in the parameter " + Text.quote(key) + ": compat takes them literally, the canonical matcher decodes them");
            }
            if (key.indexOf('&') >= 0 || key.indexOf('=') >= 0 || value.indexOf('&') >= 0) {
                warn(where, subject + "never matches in strict: the parameter " + Text.quote(key) + " has & or = where it would be taken apart");
            }
        });
    }

    private void identity(String member, Identity identity) {
        String subject = "the identity " + Text.quote(identity.name()) + " ";
        Map<String, Optional<String>> selectors = new LinkedHashMap<>();
        selectors.put("userName", identity.userName());
        selectors.put("groupName", identity.groupName());
        selectors.put("exePath", identity.exePath());
        selectors.put("processName", identity.processName());
        if (selectors.values().stream().allMatch(Optional::isEmpty)) {
            warn(member, subject + "has no selector: it is everybody");
        }
        selectors.forEach((name, selector) -> {
            if (selector.isPresent() && Text.isBlank(selector.get())) {
                warn(member + '/' + name, subject + "has an empty selector: in strict it is nobody, in compat it equals an unknown attribute");
            } else if (selector.isPresent() && !Text.trim(selector.get()).equals(selector.get())) {
                warn(member + '/' + name, subject + "has blanks around " + Text.quote(selector.get()) + ": they are compared too");
            }
        });
        identity.userName().filter(name -> !name.equals(name.toLowerCase(Locale.ROOT))).ifPresent(name -> warn(member + "/userName",
                subject + "selects by case: " + Text.quote(name) + " is not " + Text.quote(name.toLowerCase(Locale.ROOT))));
        identity.groupName().filter(name -> !name.equals(name.toLowerCase(Locale.ROOT))).ifPresent(name -> warn(member + "/groupName",
                subject + "selects by case: " + Text.quote(name) + " is not " + Text.quote(name.toLowerCase(Locale.ROOT))));
        identity.userName().filter("undefined"::equals).ifPresent(name -> warn(member + "/userName",
                subject + "selects callers without an account in compat, and nobody in strict"));
        identity.exePath().filter(path -> !path.isBlank() && !path.startsWith("/")).ifPresent(path -> warn(member + "/exePath",
                subject + "never matches on Linux: " + Text.quote(path) + " is not absolute"));
        identity.exePath().filter(path -> path.contains("/../") || path.endsWith("/..")).ifPresent(path -> warn(member + "/exePath",
                subject + "never matches: .. is compared, not resolved"));
        identity.processName().filter(name -> name.indexOf('/') >= 0).ifPresent(name -> warn(member + "/processName",
                subject + "never matches: a process name is the last component of a path and has no slash"));
        if (identity.exePath().isPresent() && identity.processName().isPresent()) {
            String last = identity.exePath().get().substring(identity.exePath().get().lastIndexOf('/') + 1);
            if (!last.isEmpty() && !last.equals(identity.processName().get())) {
                warn(member + "/processName", subject + "never matches: its executable's name is " + Text.quote(last) + ", not "
                        + Text.quote(identity.processName().get()));
            }
        }
    }

    private <T> void duplicates(String list, List<T> entries, Function<T, String> name) {
        Map<String, Integer> seen = new HashMap<>();
        Map<String, String> folded = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            String own = name.apply(entries.get(i));
            if (seen.put(own, i) != null) {
                warn("/rules/" + list + '/' + i, "the name " + Text.quote(own) + " is defined again: only the last definition counts");
            }
            String similar = folded.put(own.toLowerCase(Locale.ROOT), own);
            if (similar != null && !similar.equals(own)) {
                warn("/rules/" + list + '/' + i, "the names " + Text.quote(similar) + " and " + Text.quote(own) + " differ in case only: they are two");
            }
        }
    }

    private void dangling(String member, String kind, List<String> references, List<String> defined) {
        for (String reference : references) {
            if (!defined.contains(reference)) {
                warn(member, "no " + kind + " " + Text.quote(reference) + " is defined: skipped" + hint(reference, defined));
            }
        }
    }

    private void unused(String list, String kind, List<String> names, Set<String> used, String consequence) {
        Set<String> told = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!used.contains(names.get(i)) && told.add(names.get(i))) {
                warn("/rules/" + list + '/' + i, "the " + kind + " " + Text.quote(names.get(i)) + " " + consequence);
            }
        }
    }

    private static String hint(String text, List<String> words) {
        return words.stream()
                .filter(word -> !word.equals(text) && Text.trim(word).equalsIgnoreCase(Text.trim(text)))
                .findFirst()
                .map(word -> "; did you mean " + Text.quote(word) + '?')
                .orElse("");
    }

    private static <T> Optional<T> lastOf(List<T> entries, Function<T, String> name, String wanted) {
        return entries.stream().filter(entry -> name.apply(entry).equals(wanted)).reduce((first, second) -> second);
    }

    private static Optional<?> list(AccessControlRules rules, String name) {
        return switch (name) {
            case "privileges" -> rules.privileges();
            case "roles" -> rules.roles();
            case "identities" -> rules.identities();
            default -> rules.roleAssignments();
        };
    }

    private void warn(String member, String message) {
        warnings.add(new Warning(at + member, message));
    }
}
