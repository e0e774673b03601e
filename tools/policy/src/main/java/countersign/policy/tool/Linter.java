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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Warns of everything in one rule set that compilation skips in silence or that means something else than it seems to. */
final class Linter {
    /** Paths that the services are known to have; a rule that ends inside one of their segments was hardly meant to. */
    private static final NavigableSet<String> KNOWN_PATHS = new TreeSet<>(Set.of(
            "/metadata/instance", "/metadata/identity/oauth2/token", "/metadata/identity/info", "/metadata/attested/document",
            "/metadata/scheduledevents", "/metadata/loadbalancer", "/metadata/versions", "/machine/plugins", "/machine", "/vmagentlog",
            "/vmsettings", "/extensionartifact", "/status", "/health", "/hostingenvironmentconfig", "/sharedconfig"));
    private static final Words MODES = new Words(List.of("disabled", "audit", "enforce"));
    private static final Words ACCESS = new Words(List.of("allow", "deny"));

    private final String at;
    private final String unless;
    private final List<Warning> warnings = new ArrayList<>();
    private final NavigableSet<String> paths = new TreeSet<>();
    private final Map<Privilege, String> covered = new HashMap<>();

    /**
     * @param at JSON Pointer of what holds the member {@code rules}
     * @param unless what could add a missing list
     */
    private Linter(String at, String unless) {
        this.at = at;
        this.unless = unless;
    }

    /** @param at JSON Pointer of the item */
    static List<Warning> lint(String at, RuleItem item) {
        Linter linter = new Linter(at, "");
        if (EndpointMode.parse(item.mode()).isEmpty()) {
            linter.warn("/mode", "expected disabled, audit or enforce, got " + Text.quote(item.mode())
                    + ": compat takes it as disabled, strict as enforce" + MODES.hint(item.mode()));
        }
        linter.access(Optional.of(item.defaultAccess()));
        item.rules().ifPresent(linter::lint);
        return linter.warnings;
    }

    static List<Warning> lintLocal(Optional<String> defaultAccess, Optional<AccessControlRules> rules) {
        Linter linter = new Linter("", "unless the platform's rules have it, ");
        linter.access(defaultAccess);
        rules.ifPresent(linter::lint);
        return linter.warnings;
    }

    private void access(Optional<String> access) {
        boolean known = access.isEmpty() || access.get().equalsIgnoreCase("allow") || access.get().equalsIgnoreCase("deny");
        if (!known) {
            warn("/defaultAccess", "expected allow or deny, got " + Text.quote(access.get()) + ": taken as deny" + ACCESS.hint(access.get()));
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
            warn("/rules", "the list " + String.join(", ", missing) + " is missing: " + unless + "no rule takes effect, defaultAccess alone decides");
        }
        List<Privilege> privileges = rules.privileges().orElse(List.of());
        List<Role> roles = rules.roles().orElse(List.of());
        List<Identity> identities = rules.identities().orElse(List.of());
        List<RoleAssignment> assignments = rules.roleAssignments().orElse(List.of());
        duplicates("privileges", privileges, Privilege::name);
        duplicates("roles", roles, Role::name);
        duplicates("identities", identities, Identity::name);
        references(privileges, roles, identities, assignments);
        privileges.forEach(privilege -> paths.add(privilege.path().toLowerCase(Locale.ROOT)));
        for (int i = 0; i < privileges.size(); i++) {
            privilege("/rules/privileges/" + i, privileges.get(i));
        }
        for (int i = 0; i < identities.size(); i++) {
            identity("/rules/identities/" + i, identities.get(i));
        }
    }

    private void references(List<Privilege> privileges, List<Role> roles, List<Identity> identities, List<RoleAssignment> assignments) {
        List<String> privilegeNames = privileges.stream().map(Privilege::name).toList();
        List<String> roleNames = roles.stream().map(Role::name).toList();
        List<String> identityNames = identities.stream().map(Identity::name).toList();
        Words definedPrivileges = new Words(privilegeNames);
        Words definedRoles = new Words(roleNames);
        Words definedIdentities = new Words(identityNames);
        for (int i = 0; i < roles.size(); i++) {
            dangling("/rules/roles/" + i + "/privileges", "privilege", roles.get(i).privileges(), definedPrivileges);
            if (roles.get(i).privileges().isEmpty()) {
                warn("/rules/roles/" + i, "the role " + Text.quote(roles.get(i).name()) + " has no privilege: it gives nothing");
            }
        }
        Set<String> usedRoles = new HashSet<>();
        Set<String> heldRoles = new HashSet<>();
        Set<String> usedIdentities = new HashSet<>();
        for (int i = 0; i < assignments.size(); i++) {
            RoleAssignment assignment = assignments.get(i);
            if (!definedRoles.has(assignment.role())) {
                skipped("/rules/roleAssignments/" + i + "/role", "role", assignment.role(), definedRoles);
            }
            dangling("/rules/roleAssignments/" + i + "/identities", "identity", assignment.identities(), definedIdentities);
            if (assignment.identities().stream().anyMatch(definedIdentities::has)) {
                heldRoles.add(assignment.role());
            } else {
                warn("/rules/roleAssignments/" + i, "gives the role " + Text.quote(assignment.role()) + " to nobody");
            }
            usedRoles.add(assignment.role());
            usedIdentities.addAll(assignment.identities());
        }
        Map<String, Role> lastOfName = new HashMap<>();
        roles.forEach(role -> lastOfName.put(role.name(), role));
        Set<String> held = new HashSet<>();
        lastOfName.values().stream().filter(role -> heldRoles.contains(role.name())).forEach(role -> held.addAll(role.privileges()));
        unused("roles", "role", roleNames, usedRoles, "is never assigned: it gives nothing");
        unused("identities", "identity", identityNames, usedIdentities, "is in no role assignment: it holds nothing");
        unused("privileges", "privilege", privilegeNames, held, "is held by nobody: its path is refused to everyone, also under defaultAccess allow");
    }

    private void privilege(String member, Privilege privilege) {
        String subject = "the privilege " + Text.quote(privilege.name()) + " ";
        String path = privilege.path().toLowerCase(Locale.ROOT);
        if (!path.isEmpty() && !path.startsWith("/")) {
            warn(member + "/path", subject
                    + "is unreachable in compat: its path does not begin with a slash; in strict only the canonical matcher matches it");
        } else if (path.indexOf('?') >= 0) {
            warn(member + "/path", subject + "is unreachable: a path with ? never matches, parameters belong into queryParameters");
        } else if (path.indexOf('#') >= 0) {
            warn(member + "/path", subject + "is reached only by requests that write # as %23: a request target ends at #");
        } else if (path.contains("..")) {
            warn(member + "/path", subject + "is unreachable: requests with .. are refused before any rule");
        } else if (path.contains("//")) {
            warn(member + "/path", subject + "is reached only by requests that write a slash as %2F: those with // are refused before any rule");
        }
        if (path.isEmpty() || path.equals("/")) {
            warn(member + "/path", subject + "covers every path");
        }
        if (path.indexOf('%') >= 0) {
            warn(member + "/path", subject + "has % in its path: compat takes it literally, the canonical matcher decodes it");
        }
        canonical(member, subject, path);
        insideSegment(member, subject, path);
        parameters(member, subject, privilege);
        String other = covered.putIfAbsent(new Privilege("", path, folded(privilege.queryParameters())), privilege.name());
        if (other != null && !other.equals(privilege.name())) {
            warn(member, subject + "covers the same as the privilege " + Text.quote(other));
        }
    }

    private static Map<String, String> folded(Map<String, String> query) {
        Map<String, String> folded = new HashMap<>();
        query.forEach((key, value) -> folded.put(key.toLowerCase(Locale.ROOT), value.toLowerCase(Locale.ROOT)));
        return folded;
    }

    private void canonical(String member, String subject, String path) {
        if (Canonicalizer.pattern(path, "") instanceof Canonical.Refused refused) {
            warn(member + "/path", subject + "has no canonical form (" + refused.error().code() + "): in strict it grants nothing");
        }
    }

    private void insideSegment(String member, String subject, String path) {
        if (path.length() < 2 || path.endsWith("/")) {
            return;
        }
        boolean whole = KNOWN_PATHS.contains(path) || isAnythingBelow(KNOWN_PATHS, path) || isAnythingBelow(paths, path);
        Optional<String> known = whole ? Optional.empty() : beginningWith(KNOWN_PATHS, path);
        known.or(() -> beginningWith(paths, path))
                .ifPresent(other -> warn(member + "/path", subject + "ends inside a segment of " + Text.quote(other)
                        + ": compat lets it match that path, strict does not"));
    }

    private static boolean isAnythingBelow(NavigableSet<String> paths, String path) {
        String next = paths.ceiling(path + '/');
        return next != null && next.startsWith(path + '/');
    }

    /** A path that goes on in the segment in which the given one ends. */
    private static Optional<String> beginningWith(NavigableSet<String> paths, String path) {
        // In their order stand those that go on with less than a slash, those below, those that go on with more.
        return Stream.of(paths.higher(path), paths.ceiling(path + (char) ('/' + 1)))
                .filter(other -> other != null && other.startsWith(path) && other.charAt(path.length()) != '/')
                .findFirst();
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

    private void dangling(String member, String kind, List<String> references, Words defined) {
        for (int i = 0; i < references.size(); i++) {
            if (!defined.has(references.get(i))) {
                skipped(member + '/' + i, kind, references.get(i), defined);
            }
        }
    }

    private void skipped(String member, String kind, String reference, Words defined) {
        warn(member, "no " + kind + " " + Text.quote(reference) + " is defined: skipped" + defined.hint(reference));
    }

    private void unused(String list, String kind, List<String> names, Set<String> used, String consequence) {
        Set<String> told = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!used.contains(names.get(i)) && told.add(names.get(i))) {
                warn("/rules/" + list + '/' + i, "the " + kind + " " + Text.quote(names.get(i)) + " " + consequence);
            }
        }
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
