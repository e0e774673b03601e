package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.proof.NaiveEvaluator.Who;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The engine and the naive evaluator agree. The random part runs a slice in every build and {@code -Dcountersign.proof.random=10000000} as
 * many as asked for; {@code -Dcountersign.proof.seed} chooses others.
 */
class AgreementTest {
    private static final List<String> PATHS = List.of("", "/", "/a", "/a/", "/a/b", "a", "/A%2Fb", "/a?b");
    private static final List<Map<String, String>> QUERIES = List.of(Map.of(), Map.of("K", "v"), Map.of("k", ""));
    private static final List<List<String>> HOLDERS = List.of(List.of(), List.of("alice"), List.of("curl", "nobody"));
    private static final List<String> TARGETS = List.of(
            "/", "/a", "/A", "/a/", "/a/b", "/ab", "/a%2Fb", "/b", "/a;x/b", "/./a", "/%61", "/a%3Fk=v", "/a%252Fb", "/a/%2e%2e/b",
            "/a?k=v", "/a?k", "/a?K=V&x=1", "/a?k=v&k=w", "/a?k=w&k=v", "/a?k=v&k=v", "/a/b?k=v", "/ab?k=v", "/a%2Fb?k=", "/a/b%zz", "/%C3%A9?k=v",
            "/a\\b", "/a?k=%76", "/a?k=%zz", "http://169.254.169.254/a", "http://1.2.3.4/a?k=v", "//a", "/a%5Cb", "/a?k=&k=");
    private static final List<Who> CALLERS = List.of(
            new Who("alice", List.of(), "/bin/x", "x", false), new Who("bob", List.of(), "/usr/bin/curl", "curl", false),
            new Who("undefined", List.of(), "", "", true));

    @Test
    void everySmallCombination_isDecidedAlike() {
        List<Privilege> privileges = new ArrayList<>();
        List<List<String>> holders = new ArrayList<>();
        for (String path : PATHS) {
            for (Map<String, String> query : QUERIES) {
                for (List<String> held : HOLDERS) {
                    privileges.add(new Privilege("", path, query));
                    holders.add(held);
                }
            }
        }
        long compared = 0;
        for (int first = 0; first < privileges.size(); first++) {
            for (int second = first; second < privileges.size(); second++) {
                for (String access : List.of("allow", "deny")) {
                    RuleItem item = item(access, privileges.get(first), holders.get(first), privileges.get(second), holders.get(second));
                    compared += compare(item);
                }
            }
        }
        System.out.println("small combinations compared: " + compared);
        assertTrue(compared >= 1_000_000, "compared: " + compared);
    }

    private static RuleItem item(String access, Privilege first, List<String> firstHolders, Privilege second, List<String> secondHolders) {
        List<Privilege> privileges = List.of(
                new Privilege("p", first.path(), first.queryParameters()), new Privilege("q", second.path(), second.queryParameters()));
        List<Role> roles = List.of(new Role("r", List.of("p")), new Role("s", List.of("q")));
        List<Identity> identities = List.of(
                new Identity("alice", Optional.of("alice"), Optional.empty(), Optional.empty(), Optional.empty()),
                new Identity("curl", Optional.empty(), Optional.empty(), Optional.of("/usr/bin//curl"), Optional.of("curl")));
        List<RoleAssignment> assignments = List.of(new RoleAssignment("r", firstHolders), new RoleAssignment("s", secondHolders));
        return new RuleItem(access, "enforce", "", Optional.of(new AccessControlRules(
                Optional.of(privileges), Optional.of(roles), Optional.of(identities), Optional.of(assignments))));
    }

    private static long compare(RuleItem item) {
        CompiledPolicy engine = Worlds.compile(item);
        NaiveEvaluator naive = new NaiveEvaluator(item);
        long compared = 0;
        for (String target : TARGETS) {
            for (Who who : CALLERS) {
                Facts facts = Worlds.facts("GET", target, who);
                for (Profile profile : Profile.values()) {
                    String expected = naive.decide(profile == Profile.STRICT, "GET", target, who);
                    String actual = Worlds.verdict(engine, facts, profile);
                    compared++;
                    if (!expected.equals(actual)) {
                        assertEquals(expected, actual, () -> profile + " " + target + " " + who + " " + item);
                    }
                }
            }
        }
        return compared;
    }

    @Test
    void randomPoliciesAndRequests_areDecidedAlike() {
        long wanted = Long.getLong("countersign.proof.random", 400_000);
        long seed = Long.getLong("countersign.proof.seed", 20260101);
        Worlds worlds = new Worlds(seed);
        Map<String, Long> outcomes = new HashMap<>();
        for (long done = 0; done < wanted; ) {
            RuleItem item = worlds.item();
            CompiledPolicy engine = Worlds.compile(item);
            NaiveEvaluator naive = new NaiveEvaluator(item);
            for (int i = 0; i < 40; i++, done += 2) {
                String method = worlds.method();
                String target = worlds.target();
                Who who = worlds.anybody();
                Facts facts = Worlds.facts(method, target, who);
                for (Profile profile : Profile.values()) {
                    String expected = naive.decide(profile == Profile.STRICT, method, target, who);
                    String actual = Worlds.verdict(engine, facts, profile);
                    outcomes.merge(profile + " " + actual, 1L, Long::sum);
                    if (!expected.equals(actual)) {
                        assertEquals(expected, actual, () -> profile + " " + method + " " + target + " " + who + " " + item);
                    }
                }
            }
        }
        System.out.println("random decisions compared, seed " + seed + ": " + outcomes);
        assertEquals(6, outcomes.size(), "every outcome in both profiles");
    }
}
