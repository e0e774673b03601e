package countersign.authorization.engine.twins;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.Rules;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.authorization.engine.twins.EvilTwins.Judge;
import countersign.authorization.engine.twins.Twins.Twin;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvilTwinsTest {
    private static CompiledPolicy policy(ItemSet items) {
        return new CompiledPolicy(1, Settings.of(CanonicalMode.ENFORCE), new DecisionIds("t"), items);
    }

    private static CompiledItem imds(RuleDocument document) {
        return Rules.compile(document).imds().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "/metadata", "/metadata/identity/oauth2/token", "/a b/c%41", "/x?y"})
    void privilege_isChallengedAtLeastAHundredTimes(String path) {
        CompiledItem item = imds(Rules.heldByAlice("deny", path));
        item.privileges().get(0).pattern().ifPresent(pattern -> {
            List<Twin> twins = EvilTwins.spellings(Destination.IMDS, pattern);
            assertTrue(twins.stream().map(Twin::target).distinct().count() >= 100, path + ": " + twins.size());
        });
        assertDoesNotThrow(() -> EvilTwins.check(Rules.compile(Rules.heldByAlice("deny", path))));
    }

    @Test
    void challenge_isNotIdle_spellingsOfTheSamePathGetThrough() {
        CompiledItem item = imds(Rules.heldByAlice("deny", "/metadata/instance"));
        CompiledPolicy policy = policy(Rules.compile(Rules.heldByAlice("deny", "/metadata/instance")));
        List<Twin> twins = EvilTwins.spellings(Destination.IMDS, item.privileges().get(0).pattern().orElseThrow());
        var alice = new Subject("alice", List.of(), "", "", false);
        long through = twins.stream().filter(twin -> policy.strictlyAllows(new Facts(Destination.IMDS, "GET", twin.target(), alice))).count();
        assertTrue(through >= 20, "let through: " + through);
    }

    @Test
    void flawedEngines_areFoundOut() {
        RuleDocument document = Rules.heldByAlice("deny", "/metadata/instance");
        refusesFlaw(document, target -> target.replace("%25", "%"), "decodes twice");
        refusesFlaw(document, target -> target.replace("\\", "/").replace("%5C", "/"), "takes a backslash for a slash");
        refusesFlaw(document, target -> target.replaceAll("%C0%AF", "/"), "takes an overlong slash for a slash");
        refusesFlaw(document, target -> target.replaceAll("%(00|0A|80|ff)", ""), "drops odd bytes");
        refusesFlaw(document, target -> target.replaceFirst("%3F.*", ""), "takes %3F for a question mark");
        refusesFlaw(document, target -> target.replaceFirst("^http://[^/]*", ""), "ignores the authority");
        refusesFlaw(document, target -> target.replace("-backup", ""), "ignores a suffix");
        refusesFlaw(document, target -> target.replace("%zz", ""), "drops broken escapes");
        refusesFlaw(document, target -> target.replace("//", "/"), "folds slashes before the guard");
        refusesFlaw(document, target -> target.replace("/x/..", "").replace("/x/%2e%2E", ""), "resolves dots before the guard");
    }

    /** Where the default lets pass whatever no privilege covers, a spelling that the engine does not recognise is the way around a privilege. */
    @ParameterizedTest
    @ValueSource(strings = {";v=1", "%3Bv=1", "/%2e/", "%6D", "/;/", "169.254.169.254.:80"})
    void strangerWhoGetsAroundAPrivilege_isFound(String unrecognised) {
        RuleDocument document = Rules.heldByAlice("allow", "/metadata/instance");
        CompiledPolicy policy = policy(Rules.compile(document));
        Judge flawed = facts -> facts.target().contains(unrecognised) || policy.strictlyAllows(facts);
        assertDoesNotThrow(() -> EvilTwins.check(Destination.IMDS, imds(document), policy::strictlyAllows));
        assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, imds(document), flawed));
    }

    @Test
    void violation_namesPrivilegeAndSpelling() {
        RuleDocument document = Rules.heldByAlice("deny", "/metadata/instance");
        CompiledPolicy policy = policy(Rules.compile(document));
        Judge flawed = facts -> facts.target().endsWith("-BACKUP") || policy.strictlyAllows(facts);
        assertEquals("privilege \"p0\" at imds: the spelling \"/METADATA/INSTANCE-BACKUP\" would be let through, although it means "
                        + "\"/metadata/instance-backup\", which is not",
                assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, imds(document), flawed)).getMessage());
    }

    private static void refusesFlaw(RuleDocument document, UnaryOperator<String> flaw, String what) {
        CompiledPolicy policy = policy(Rules.compile(document));
        CompiledItem item = imds(document);
        assertEquals(1, item.privileges().size());
        assertEquals(EndpointMode.ENFORCE, item.mode(Profile.STRICT));
        assertThrows(CompileException.class,
                () -> EvilTwins.check(Destination.IMDS, item, facts -> policy.strictlyAllows(rewritten(facts, flaw))), what);
    }

    private static Facts rewritten(Facts facts, UnaryOperator<String> flaw) {
        return new Facts(facts.destination(), facts.method(), flaw.apply(facts.target()), facts.subject());
    }
}
