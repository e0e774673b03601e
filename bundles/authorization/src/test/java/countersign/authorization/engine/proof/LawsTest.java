package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What must hold for every policy, request and caller; tried on random ones. */
class LawsTest {
    private static final int POLICIES = 3000;
    private static final int REQUESTS = 30;
    private static final List<String> RANKS = List.of("deny", "audited", "allow");

    private final Worlds worlds = new Worlds(Long.getLong("countersign.proof.seed", 7));

    private interface Law {
        void check(RuleItem item, Facts facts);
    }

    private void forAll(Law law) {
        for (int i = 0; i < POLICIES; i++) {
            RuleItem item = worlds.item();
            for (int j = 0; j < REQUESTS; j++) {
                law.check(item, Worlds.facts(worlds.method(), worlds.target(), worlds.anybody()));
            }
        }
    }

    private static int rank(CompiledPolicy policy, Facts facts, Profile profile) {
        return RANKS.indexOf(Worlds.verdict(policy, facts, profile));
    }

    @Test
    void strict_neverAllowsWhatCompatDenies() {
        forAll((item, facts) -> {
            CompiledPolicy policy = Worlds.compile(item);
            assertTrue(rank(policy, facts, Profile.STRICT) <= rank(policy, facts, Profile.COMPAT), () -> facts + " " + item);
        });
    }

    @Test
    void oneMoreAssignment_neverTakesAccessAway_oneLess_neverGrants() {
        int[] gained = {0};
        forAll((item, facts) -> {
            Optional<List<RoleAssignment>> assignments = item.rules().flatMap(AccessControlRules::roleAssignments);
            if (assignments.isEmpty()) {
                return;
            }
            List<RoleAssignment> more = new ArrayList<>(assignments.get());
            more.add(worlds.random().nextInt(more.size() + 1), new RoleAssignment("r" + worlds.random().nextInt(4), List.of("i" + worlds.random().nextInt(4))));
            CompiledPolicy less = Worlds.compile(item);
            CompiledPolicy full = Worlds.compile(with(item, more));
            for (Profile profile : Profile.values()) {
                int before = rank(less, facts, profile);
                int after = rank(full, facts, profile);
                assertTrue(before <= after, () -> profile + " " + facts + " " + item);
                gained[0] += after > before ? 1 : 0;
            }
        });
        assertTrue(gained[0] > 100, "assignments that made a difference: " + gained[0]);
    }

    @Test
    void orderOfLists_neverMatters_whenNamesAreUnique() {
        forAll((item, facts) -> {
            RuleItem unique = unique(item);
            CompiledPolicy one = Worlds.compile(unique);
            CompiledPolicy other = Worlds.compile(shuffled(unique));
            for (Profile profile : Profile.values()) {
                assertEquals(rank(one, facts, profile), rank(other, facts, profile), () -> profile + " " + facts + " " + unique);
            }
        });
    }

    @Test
    void lastOfEqualNames_counts() {
        forAll((item, facts) -> {
            CompiledPolicy one = Worlds.compile(item);
            CompiledPolicy other = Worlds.compile(unique(item));
            for (Profile profile : Profile.values()) {
                assertEquals(rank(one, facts, profile), rank(other, facts, profile), () -> profile + " " + facts + " " + item);
            }
        });
    }

    @Test
    void targetWithoutCanonicalForm_isNeverAllowedInStrict() {
        int[] refused = {0};
        forAll((item, facts) -> {
            boolean enforced = !item.mode().equals("disabled");
            boolean formless = Canonicalizer.canonicalize(facts.method(), facts.target()) instanceof Canonical.Refused;
            if (enforced && formless) {
                refused[0]++;
                assertNotEquals("allow", Worlds.verdict(Worlds.compile(item), facts, Profile.STRICT));
            }
        });
        assertTrue(refused[0] > 1000, "targets without canonical form: " + refused[0]);
    }

    /** What the evil twins ask is what decides requests. */
    @Test
    void strictlyAllowed_isWhatStrictDecides() {
        int[] allowed = {0};
        forAll((item, facts) -> {
            CompiledPolicy policy = Worlds.compile(item);
            boolean let = policy.strictlyAllowed(facts.destination(), facts.method(), facts.target()).test(facts.subject());
            allowed[0] += let ? 1 : 0;
            assertEquals(let, Worlds.verdict(policy, facts, Profile.STRICT).equals("allow"), () -> facts + " " + item);
        });
        assertTrue(allowed[0] > 1000, "allowed: " + allowed[0]);
    }

    @Test
    void caseOfAsciiLetters_andEscapingThem_neverMattersInStrict() {
        forAll((item, facts) -> {
            if (facts.target().startsWith("http")) {
                return;
            }
            CompiledPolicy policy = Worlds.compile(item);
            String disguised = disguise(facts.target());
            Facts other = new Facts(facts.destination(), facts.method(), disguised, facts.subject());
            assertEquals(rank(policy, facts, Profile.STRICT), rank(policy, other, Profile.STRICT), () -> facts + " as " + disguised + " " + item);
        });
    }

    /** Flips the case of letters and escapes some, outside of existing escapes. */
    private String disguise(String target) {
        StringBuilder text = new StringBuilder();
        boolean literal = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            literal |= c == '%' || c == '?';
            boolean letter = !literal && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z');
            if (c == '/') {
                literal = false;
            }
            switch (letter ? worlds.random().nextInt(3) : 0) {
                case 1 -> text.append((char) (c ^ 0x20));
                case 2 -> text.append(String.format("%%%02x", (int) c));
                default -> text.append(c);
            }
            if (c == '?') {
                return text.append(target.substring(i + 1)).toString();
            }
        }
        return text.toString();
    }

    private static RuleItem with(RuleItem item, List<RoleAssignment> assignments) {
        AccessControlRules rules = item.rules().orElseThrow();
        return new RuleItem(item.defaultAccess(), item.mode(), item.id(), Optional.of(
                new AccessControlRules(rules.privileges(), rules.roles(), rules.identities(), Optional.of(assignments))));
    }

    private static RuleItem unique(RuleItem item) {
        return changed(item, rules -> new AccessControlRules(
                last(rules.privileges(), Privilege::name), last(rules.roles(), Role::name), last(rules.identities(), Identity::name), rules.roleAssignments()));
    }

    private RuleItem shuffled(RuleItem item) {
        return changed(item, rules -> new AccessControlRules(
                shuffled(rules.privileges()), shuffled(rules.roles()), shuffled(rules.identities()), shuffled(rules.roleAssignments())));
    }

    private static RuleItem changed(RuleItem item, Function<AccessControlRules, AccessControlRules> change) {
        return new RuleItem(item.defaultAccess(), item.mode(), item.id(), item.rules().map(change));
    }

    private <T> Optional<List<T>> shuffled(Optional<List<T>> list) {
        return list.map(elements -> {
            List<T> copy = new ArrayList<>(elements);
            Collections.shuffle(copy, worlds.random());
            return copy;
        });
    }

    private static <T> Optional<List<T>> last(Optional<List<T>> list, Function<T, String> name) {
        return list.map(elements -> {
            Map<String, T> byName = new LinkedHashMap<>();
            elements.forEach(element -> byName.put(name.apply(element), element));
            return List.copyOf(byName.values());
        });
    }
}
