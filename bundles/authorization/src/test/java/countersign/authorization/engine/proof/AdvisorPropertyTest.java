package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Stage;
import countersign.authorization.engine.advice.Advice;
import countersign.authorization.engine.advice.Advisor;
import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.CompatRequest;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Subject;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proposed rule changes flip the decision they are for and no other, except those that no rule could tell from it. */
class AdvisorPropertyTest {
    private static final int DENIALS = 500;
    private static final int OTHERS = 2000;

    @ParameterizedTest
    @EnumSource(Profile.class)
    void change_flipsThisDecisionAndNoOther(Profile profile) throws Exception {
        Worlds worlds = new Worlds(4711);
        List<Facts> others = new ArrayList<>();
        while (others.size() < OTHERS) {
            others.add(Worlds.facts("GET", worlds.target(), worlds.who()));
        }
        int proposed = 0;
        int inseparable = 0;
        while (proposed < DENIALS) {
            RuleItem item = worlds.item();
            CompiledPolicy before = Worlds.compile(item);
            Facts denied = worlds.random().nextBoolean() ? worlds.pick(others) : Worlds.facts("GET", worlds.target(), worlds.who());
            boolean byRules = Worlds.verdict(before, denied, profile).equals("deny")
                    && before.decide(denied, profile).explanation().stage() == Stage.RULES;
            if (!byRules || !(new Advisor(item, profile).advise(denied) instanceof Advice.Change advice)) {
                continue;
            }
            proposed++;
            RuleChange change = advice.change();
            CompiledPolicy after = Worlds.compile(change.applyTo(item));
            assertEquals("allow", Worlds.verdict(after, denied, profile), () -> denied + " " + item + " " + change);
            for (Facts other : others) {
                String was = Worlds.verdict(before, other, profile);
                String is = Worlds.verdict(after, other, profile);
                if (!was.equals(is)) {
                    boolean explained = is.equals("allow") ? isInseparable(denied, other, profile) : isRepeating(denied, other, profile);
                    assertTrue(explained, () -> profile + ": " + denied + "\nflips from " + was + " to " + is + ": " + other + "\n" + item + "\n" + change);
                    assertTrue(!(is.equals("allow") ? change.alsoAllows() : change.alsoRefuses()).isEmpty());
                    inseparable++;
                }
            }
        }
        System.out.println(profile + ": " + proposed + " proposals, " + inseparable + " other decisions flipped that no rule can tell apart");
    }

    /** Whether every rule that lets {@code request} pass lets {@code other} pass too: written from the rule language, not from the proposal. */
    private static boolean isInseparable(Facts request, Facts other, Profile profile) {
        Subject one = request.subject();
        Subject two = other.subject();
        boolean sameCaller = one.userName().equals(two.userName())
                && new HashSet<>(two.groups()).containsAll(one.groups().subList(0, Math.min(1, one.groups().size())))
                && one.exePath().equals(two.exePath());
        CompatRequest mine = new CompatRequest(request.target());
        CompatRequest theirs = new CompatRequest(other.target());
        boolean below = theirs.path().startsWith(mine.path());
        boolean samePairs = theirs.query().entrySet().containsAll(mine.query().entrySet());
        if (profile == Profile.COMPAT) {
            return sameCaller && below && samePairs;
        }
        boolean callerUnknown = one.userName().equals(Subject.UNKNOWN_USER);
        boolean programUnknown = one.exePath().isEmpty();
        boolean strictCaller = (callerUnknown || one.userName().equals(two.userName()))
                && (programUnknown || one.exePath().equals(two.exePath()))
                && new HashSet<>(two.groups()).containsAll(one.groups().subList(0, Math.min(1, one.groups().size())));
        Canonical.Form form = (Canonical.Form) Canonicalizer.canonicalize("GET", request.target());
        boolean sameForCanonical = Canonicalizer.canonicalize("GET", other.target()) instanceof Canonical.Form otherForm
                && isBelow(form.path().segments(), otherForm.path().segments())
                && form.query().entrySet().stream().allMatch(entry -> !isPlain(entry)
                        || otherForm.query().getOrDefault(entry.getKey(), List.of()).contains(entry.getValue().get(0)));
        return strictCaller && (sameForCanonical || below && samePairs);
    }

    private static boolean isBelow(List<String> path, List<String> other) {
        return other.size() >= path.size() && other.subList(0, path.size()).equals(path);
    }

    /** Parameters that a constraint can name so that both matchers read it alike. */
    private static boolean isPlain(Map.Entry<String, List<String>> entry) {
        return entry.getValue().stream().distinct().count() == 1 && (entry.getKey() + entry.getValue().get(0)).matches("[a-z0-9/.-]*");
    }

    private static boolean isRepeating(Facts request, Facts other, Profile profile) {
        return profile == Profile.STRICT
                && Canonicalizer.canonicalize("GET", other.target()) instanceof Canonical.Form form
                && form.query().values().stream().anyMatch(values -> values.stream().distinct().count() > 1);
    }

    @Test
    void requestsThatNoRuleCanAllow_getTheReason() throws Exception {
        RuleItem item = new RuleItem("deny", "enforce", "", Optional.empty());
        var alice = new NaiveEvaluator.Who("alice", List.of(), "/usr/bin/curl", "curl", false);
        Advisor advisor = new Advisor(item, Profile.STRICT);
        assertEquals(new Advice.None("no rule can allow a path with // or .."), advisor.advise(Worlds.facts("GET", "/a/../b", alice)));
        assertEquals(new Advice.None("no rule can allow the method \"TRACE\""), advisor.advise(Worlds.facts("TRACE", "/a", alice)));
        assertEquals(new Advice.None("no rule can allow this target (CANON_PCT)"), advisor.advise(Worlds.facts("GET", "/a%", alice)));
        var unknown = new NaiveEvaluator.Who("undefined", List.of(), "", "", false);
        assertEquals(new Advice.None("nothing is known about the caller that a rule could select, and a rule for everybody is no answer"),
                advisor.advise(Worlds.facts("GET", "/a", unknown)));
        assertEquals(new Advice.None("the request is allowed"),
                new Advisor(new RuleItem("allow", "enforce", "", Optional.empty()), Profile.STRICT).advise(Worlds.facts("GET", "/a", alice)));
    }
}
