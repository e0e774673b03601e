package countersign.authorization.engine.compile;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.compile.Finding.Level;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.IdentityRule;
import countersign.authorization.engine.decision.PrivilegeRule;
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
import java.util.TreeSet;

/** Compiles one item (authorization.md section 4). For one thread and one item. */
final class ItemCompiler {
    private final String service;
    private final List<Finding> findings;

    ItemCompiler(String service, List<Finding> findings) {
        this.service = service;
        this.findings = findings;
    }

    CompiledItem compile(RuleItem item) throws CompileException {
        Optional<EndpointMode> mode = EndpointMode.parse(item.mode());
        if (mode.isEmpty()) {
            report(Level.ERROR, "mode", "expected disabled, audit or enforce, got " + Text.quote(item.mode())
                    + ": taken as disabled, in the strict profile as enforce");
        }
        boolean allow = item.defaultAccess().toLowerCase(Locale.ROOT).equals("allow");
        if (!allow && !item.defaultAccess().equalsIgnoreCase("deny")) {
            report(Level.WARN, "defaultAccess", "expected allow or deny, got " + Text.quote(item.defaultAccess()) + ": taken as deny");
        }
        Optional<AccessControlRules> complete = item.rules().filter(this::hasAllLists);
        if (complete.isEmpty()) {
            return new CompiledItem(item.id(), allow, mode, List.of(), List.of(), new int[0][]);
        }
        return compile(item, allow, mode, complete.get());
    }

    private CompiledItem compile(RuleItem item, boolean allow, Optional<EndpointMode> mode, AccessControlRules rules)
            throws CompileException {
        Map<String, Role> roles = new LinkedHashMap<>();
        rules.roles().orElseThrow().forEach(role -> put(roles, "role", role.name(), role));
        Map<String, Identity> identities = new LinkedHashMap<>();
        rules.identities().orElseThrow().forEach(identity -> put(identities, "identity", identity.name(), identity));
        Map<String, Privilege> privileges = new LinkedHashMap<>();
        rules.privileges().orElseThrow().forEach(privilege -> put(privileges, "privilege", privilege.name(), privilege));

        List<PrivilegeRule> compiled = new ArrayList<>(privileges.size());
        privileges.values().forEach(privilege -> compiled.add(compile(privilege)));
        int[][] holders = new Holders(new ArrayList<>(privileges.keySet()), new ArrayList<>(identities.keySet()), roles)
                .assign(rules.roleAssignments().orElseThrow());
        return new CompiledItem(item.id(), allow, mode, compiled, identities.values().stream().map(IdentityRule::new).toList(), holders);
    }

    /** Later entries replace earlier ones of the same name. */
    private <T> void put(Map<String, T> byName, String kind, String name, T value) {
        if (byName.put(name, value) != null) {
            report(Level.WARN, kind + " " + Text.quote(name), "defined more than once: the last definition counts");
        }
    }

    private boolean hasAllLists(AccessControlRules rules) {
        List<String> missing = new ArrayList<>();
        if (rules.privileges().isEmpty()) {
            missing.add("privileges");
        }
        if (rules.roles().isEmpty()) {
            missing.add("roles");
        }
        if (rules.identities().isEmpty()) {
            missing.add("identities");
        }
        if (rules.roleAssignments().isEmpty()) {
            missing.add("roleAssignments");
        }
        if (!missing.isEmpty()) {
            report(Level.WARN, "rules", "the list " + String.join(", ", missing)
                    + " is missing: no rule takes effect, defaultAccess alone decides");
        }
        return missing.isEmpty();
    }

    PrivilegeRule compile(Privilege privilege) {
        String subject = "privilege " + Text.quote(privilege.name());
        String path = privilege.path().toLowerCase(Locale.ROOT);
        Map<String, String> query = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : privilege.queryParameters().entrySet()) {
            String key = parameter.getKey().toLowerCase(Locale.ROOT);
            // Replacing keeps the later value in document order (Q12).
            if (query.put(key, parameter.getValue().toLowerCase(Locale.ROOT)) != null) {
                report(Level.WARN, subject, "query parameter " + Text.quote(key) + " is given twice in different case: the last one counts");
            }
        }
        Canonical canonical = Canonicalizer.pattern(path, joined(query));
        if (canonical instanceof Canonical.Form form) {
            return new PrivilegeRule(privilege.name(), path, query, Optional.of(pattern(form, query)));
        }
        String code = ((Canonical.Refused) canonical).error().code();
        report(Level.WARN, subject, "has no canonical form (" + code + "), in the strict profile it grants nothing: path "
                + Text.quote(privilege.path()));
        return new PrivilegeRule(privilege.name(), path, query, Optional.empty());
    }

    private static PrivilegeRule.Pattern pattern(Canonical.Form form, Map<String, String> query) {
        Map<String, Set<String>> required = new HashMap<>();
        form.query().forEach((key, values) -> required.put(key, Set.copyOf(values)));
        boolean takenApart = query.entrySet().stream()
                .anyMatch(entry -> entry.getKey().indexOf('&') >= 0 || entry.getKey().indexOf('=') >= 0 || entry.getValue().indexOf('&') >= 0);
        return new PrivilegeRule.Pattern(form.path().segments(), required, takenApart);
    }

    /** Constraints as the reference joins them, without encoding (canonicalization.md section 6). */
    private static String joined(Map<String, String> query) {
        StringBuilder text = new StringBuilder();
        query.forEach((key, value) -> text.append(text.isEmpty() ? "" : "&").append(key).append('=').append(value));
        return text.toString();
    }

    private void report(Level level, String subject, String message) {
        findings.add(new Finding(level, service, subject, message));
    }

    /** Works out who holds what. */
    private final class Holders {
        /** More would let a small document fill the memory: every role names every privilege and is assigned to every identity. */
        private static final int MOST_PAIRS = 2_000_000;

        private final Map<String, Integer> privileges;
        private final Map<String, Integer> identities;
        private final Map<String, Role> roles;
        private final List<String> privilegeNames;

        Holders(List<String> privileges, List<String> identities, Map<String, Role> roles) {
            this.privilegeNames = privileges;
            this.privileges = indices(privileges);
            this.identities = indices(identities);
            this.roles = roles;
        }

        int[][] assign(List<RoleAssignment> assignments) throws CompileException {
            Map<String, Set<Integer>> holdersOfRole = new LinkedHashMap<>();
            for (RoleAssignment assignment : assignments) {
                if (roles.containsKey(assignment.role())) {
                    Set<Integer> holders = holdersOfRole.computeIfAbsent(assignment.role(), any -> new TreeSet<>());
                    addIdentities(assignment, holders);
                } else {
                    report(Level.ERROR, "role assignment of " + Text.quote(assignment.role()), "no such role is defined: skipped");
                }
            }
            return byPrivilege(rolesOfPrivileges(holdersOfRole.keySet()), holdersOfRole);
        }

        private void addIdentities(RoleAssignment assignment, Set<Integer> holders) {
            for (String name : assignment.identities()) {
                Integer identity = identities.get(name);
                if (identity == null) {
                    report(Level.WARN, "role assignment of " + Text.quote(assignment.role()),
                            "identity " + Text.quote(name) + " is not defined: skipped");
                } else {
                    holders.add(identity);
                }
            }
        }

        private List<List<String>> rolesOfPrivileges(Set<String> assigned) {
            List<List<String>> rolesOf = new ArrayList<>();
            privilegeNames.forEach(any -> rolesOf.add(new ArrayList<>(1)));
            for (String role : assigned) {
                for (String name : new HashSet<>(roles.get(role).privileges())) {
                    Integer privilege = privileges.get(name);
                    if (privilege == null) {
                        report(Level.WARN, "role " + Text.quote(role), "privilege " + Text.quote(name) + " is not defined: skipped");
                    } else {
                        rolesOf.get(privilege).add(role);
                    }
                }
            }
            return rolesOf;
        }

        private int[][] byPrivilege(List<List<String>> rolesOf, Map<String, Set<Integer>> holdersOfRole) throws CompileException {
            int[][] holders = new int[rolesOf.size()][];
            // Privileges with the same roles share one set.
            Map<List<String>, int[]> sets = new HashMap<>();
            long pairs = 0;
            for (int i = 0; i < holders.length; i++) {
                List<String> of = rolesOf.get(i);
                if (of.isEmpty()) {
                    continue;
                }
                int[] set = sets.get(of);
                if (set == null) {
                    Set<Integer> union = new TreeSet<>();
                    for (String role : of) {
                        union.addAll(holdersOfRole.get(role));
                    }
                    set = union.stream().mapToInt(Integer::intValue).toArray();
                    sets.put(of, set);
                    pairs += set.length;
                    if (pairs > MOST_PAIRS) {
                        throw new CompileException(service + ": expected at most " + MOST_PAIRS + " pairs of privilege and holder, got more");
                    }
                }
                holders[i] = set;
            }
            return holders;
        }

        private static Map<String, Integer> indices(List<String> names) {
            Map<String, Integer> indices = new HashMap<>();
            names.forEach(name -> indices.put(name, indices.size()));
            return indices;
        }
    }
}
