package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Stage;
import countersign.authorization.engine.advice.Advice;
import countersign.authorization.engine.advice.Advisor;
import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.advice.SideEffect;
import countersign.authorization.engine.advice.SideEffect.Kind;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proposed rule changes flip the decision they are for and no other, except those that the proposal itself names. */
class AdvisorPropertyTest {
    private static final int DENIALS = 500;
    private static final int OTHERS = 2000;

    @ParameterizedTest
    @EnumSource(Profile.class)
    void change_flipsThisDecisionAndNoOtherButThoseItNames(Profile profile) throws Exception {
        Worlds worlds = new Worlds(Long.getLong("countersign.proof.seed", 4711));
        List<Facts> others = new ArrayList<>();
        while (others.size() < OTHERS) {
            others.add(Worlds.facts(worlds.method(), worlds.target(), worlds.anybody()));
        }
        int proposed = 0;
        int flipped = 0;
        Map<Kind, Integer> named = new EnumMap<>(Kind.class);
        while (proposed < DENIALS) {
            RuleItem item = worlds.item();
            CompiledPolicy before = Worlds.compile(item);
            Facts denied = worlds.random().nextBoolean() ? worlds.pick(others) : Worlds.facts("GET", worlds.target(), worlds.anybody());
            boolean byRules = Worlds.verdict(before, denied, profile).equals("deny")
                    && before.decide(denied, profile).explanation().stage() == Stage.RULES;
            if (!byRules || !(new Advisor(item, before.items().imds().orElseThrow(), profile).advise(denied) instanceof Advice.Change advice)) {
                continue;
            }
            proposed++;
            RuleChange change = advice.change();
            CompiledPolicy after = Worlds.compile(change.applyTo(item));
            assertEquals("allow", Worlds.verdict(after, denied, profile), () -> denied + " " + item + " " + change);
            Breadth breadth = new Breadth(item, denied, change, profile);
            breadth.assertNamesWhatMustPassAndDoes();
            breadth.assertSmallest();
            Separation separation = new Separation(denied, change, before, profile);
            List<Facts> asked = new ArrayList<>(others);
            asked.addAll(Neighbours.of(denied));
            for (Facts other : asked) {
                String was = Worlds.verdict(before, other, profile);
                String is = Worlds.verdict(after, other, profile);
                if (!was.equals(is) && !separation.isTheSame(other)) {
                    flipped++;
                    boolean isNamed = is.equals("allow") ? separation.namesAllowed(other) : separation.namesRefused(other);
                    assertTrue(isNamed, () -> profile + ": " + denied + "\nflips from " + was + " to " + is + ": " + other + "\n" + item
                            + "\n" + change);
                }
            }
            change.alsoAllows().forEach(effect -> named.merge(effect.kind(), 1, Integer::sum));
            change.alsoRefuses().forEach(effect -> named.merge(effect.kind(), 1, Integer::sum));
        }
        System.out.println(profile + ": " + proposed + " proposals, " + flipped + " other decisions flipped, all named; named were " + named);
    }

    private static Advice advice(RuleItem item, Profile profile, Facts facts) {
        return new Advisor(item, Worlds.compile(item).items().imds().orElseThrow(), profile).advise(facts);
    }

    @Test
    void requestsThatNoRuleCanAllow_getTheReason() {
        RuleItem item = new RuleItem("deny", "enforce", "", Optional.empty());
        var alice = new Who("alice", List.of(), "/usr/bin/curl", "curl", false);
        assertEquals(new Advice.None("no rule can allow a path with // or .."), advice(item, Profile.STRICT, Worlds.facts("GET", "/a/../b", alice)));
        assertEquals(new Advice.None("no rule can allow the method \"TRACE\""), advice(item, Profile.STRICT, Worlds.facts("TRACE", "/a", alice)));
        assertEquals(new Advice.None("no rule can allow this target (CANON_PCT)"), advice(item, Profile.STRICT, Worlds.facts("GET", "/a%", alice)));
        var unknown = new Who("undefined", List.of(), "", "", false);
        assertEquals(new Advice.None("nothing is known about the caller that a rule could select, and a rule for everybody is no answer"),
                advice(item, Profile.STRICT, Worlds.facts("GET", "/a", unknown)));
        assertEquals(new Advice.None("the request is allowed"),
                advice(new RuleItem("allow", "enforce", "", Optional.empty()), Profile.STRICT, Worlds.facts("GET", "/a", alice)));
    }

    @Test
    void callerIsNamedByEveryAttributeThereIs() {
        RuleItem item = new RuleItem("deny", "enforce", "", Optional.empty());
        RuleChange change = change(item, "/a", new Who("alice", List.of("users", "wheel"), "/usr/bin/curl", "curl", false));
        assertEquals(
                List.of(new Identity("allow-caller", Optional.of("alice"), Optional.of("users"), Optional.of("/usr/bin/curl"), Optional.of("curl"))),
                change.additions().identities().orElseThrow());
        assertEquals(List.of(), kinds(change, Kind.USERS, Kind.PROGRAMS, Kind.PROGRAMS_OF_THAT_NAME, Kind.PROCESS_NAMES, Kind.PARAMETER, Kind.MISREAD));
        assertEquals(List.of(Kind.USERS, Kind.PROGRAMS_OF_THAT_NAME),
                kinds(change(item, "/a", new Who("undefined", List.of(), "", "curl", false)), Kind.USERS, Kind.PROGRAMS, Kind.PROGRAMS_OF_THAT_NAME));
        assertEquals(List.of(Kind.PROGRAMS), kinds(change(item, "/a", new Who("alice", List.of(), "", "", false)), Kind.USERS, Kind.PROGRAMS));
    }

    @Test
    void parameterThatTheTwoMatchersReadDifferently_isNamedToEach() {
        RuleItem item = new RuleItem("deny", "enforce", "", Optional.empty());
        RuleChange change = change(item, "/A/b?k=x%26y&q=1%2B1", new Who("alice", List.of(), "", "", false));
        AccessControlRules additions = change.additions();
        assertEquals(List.of(Map.of("k", "x&y", "q", "1+1"), Map.of("k", "x%26y", "q", "1%2b1")),
                additions.privileges().orElseThrow().stream().map(privilege -> privilege.queryParameters()).toList());
        assertEquals(List.of("/a/b", "a/b"), additions.privileges().orElseThrow().stream().map(privilege -> privilege.path()).toList());
        assertEquals(List.of("allow-path", "allow-path-2"), additions.roles().orElseThrow().get(0).privileges());
        assertEquals(List.of(), kinds(change, Kind.PARAMETER));
        assertEquals(".", change(item, "/?q=1%2B1", new Who("alice", List.of(), "", "", false)).additions().privileges().orElseThrow().get(1).path(),
                "the root without a slash; an empty path would match everything");
        RuleChange repeated = change(item, "/a?k=1&k=2", new Who("alice", List.of(), "", "", false));
        assertEquals(Map.of(), repeated.additions().privileges().orElseThrow().get(0).queryParameters());
        assertTrue(repeated.alsoAllows().contains(new SideEffect(Kind.PARAMETER, "k")), repeated::toString);
    }

    @Test
    void identityThatTheNewPrivilegeWouldShutOut_holdsItToo() {
        AccessControlRules rules = new AccessControlRules(
                Optional.of(List.of(new Privilege("p", "/a/b", Map.of()))), Optional.of(List.of(new Role("r", List.of("p")))),
                Optional.of(List.of(new Identity("bob", Optional.of("bob"), Optional.empty(), Optional.empty(), Optional.empty()))),
                Optional.of(List.of(new RoleAssignment("r", List.of("bob")))));
        RuleItem item = new RuleItem("allow", "enforce", "", Optional.of(rules));
        // The canonical matcher lets bob pass by the default, which ends where a privilege names the path.
        RuleChange change = change(item, "/a/bc", new Who("alice", List.of(), "", "", false));
        assertEquals(List.of(new RoleAssignment("allow-role", List.of("allow-caller", "bob"))), change.additions().roleAssignments().orElseThrow());
        assertTrue(change.alsoAllows().contains(new SideEffect(Kind.KEPT, "bob")), change::toString);
        assertEquals(List.of(new SideEffect(Kind.DEFAULT_ONLY, "")), change.alsoRefuses());
        CompiledPolicy after = Worlds.compile(change.applyTo(item));
        assertEquals("allow", Worlds.verdict(after, Worlds.facts("GET", "/a/bc", new Who("bob", List.of(), "", "", false)), Profile.STRICT));
    }

    @Test
    void privilegeThatAsksForLessThanTheOneThatRefused_isSaidToRestrictMore() {
        AccessControlRules rules = new AccessControlRules(
                Optional.of(List.of(new Privilege("p", "/a/b", Map.of("k", "v")), new Privilege("q", "a", Map.of()))),
                Optional.of(List.of(new Role("r", List.of("p")), new Role("s", List.of("q")))),
                Optional.of(List.of(new Identity("all", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()))),
                Optional.of(List.of(new RoleAssignment("r", List.of()), new RoleAssignment("s", List.of("all")))));
        RuleItem item = new RuleItem("allow", "enforce", "", Optional.of(rules));
        // p refuses by its parameter, which a new privilege cannot name: the request repeats it.
        RuleChange change = change(item, "/a/bc?k=v&k=w", new Who("alice", List.of(), "", "", false));
        assertEquals(List.of(new SideEffect(Kind.DEFAULT_ONLY, "")), change.alsoRefuses());
        Facts bystander = Worlds.facts("GET", "/a/bc?k=z", new Who("bob", List.of(), "", "", false));
        assertEquals("allow", Worlds.verdict(Worlds.compile(item), bystander, Profile.STRICT));
        assertEquals("deny", Worlds.verdict(Worlds.compile(change.applyTo(item)), bystander, Profile.STRICT));
    }

    private static RuleChange change(RuleItem item, String target, Who who) {
        return ((Advice.Change) advice(item, Profile.STRICT, Worlds.facts("GET", target, who))).change();
    }

    private static List<Kind> kinds(RuleChange change, Kind... among) {
        return change.alsoAllows().stream().map(SideEffect::kind).filter(List.of(among)::contains).toList();
    }
}
