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
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.authorization.engine.twins.EvilTwins.Judge;
import countersign.authorization.engine.twins.Twins.Meaning;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvilTwinsTest {
    private static final Pattern OVERLONG = Pattern.compile("%C1%([0-9A-F]{2})");

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
            long spellings = EvilTwins.spellings(Destination.IMDS, pattern).stream().flatMap(meaning -> meaning.spellings().stream()).distinct().count();
            assertTrue(spellings >= 100, path + ": " + spellings);
        });
        assertDoesNotThrow(() -> EvilTwins.check(Rules.compile(Rules.heldByAlice("deny", path))));
    }

    @Test
    void challenge_isNotIdle_spellingsOfTheSamePathGetThrough() {
        CompiledItem item = imds(Rules.heldByAlice("deny", "/metadata/instance"));
        CompiledPolicy policy = policy(Rules.compile(Rules.heldByAlice("deny", "/metadata/instance")));
        List<Meaning> meanings = EvilTwins.spellings(Destination.IMDS, item.privileges().get(0).pattern().orElseThrow());
        var alice = new Subject("alice", List.of(), "", "", false);
        long through = meanings.stream().flatMap(meaning -> meaning.spellings().stream())
                .filter(spelling -> policy.strictlyAllowed(Destination.IMDS, "GET", spelling).test(alice)).count();
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
        refusesFlaw(document, target -> target.replace("/x/..;", ""), "resolves dots with parameters before the guard");
        refusesFlaw(document, target -> target.replace("/x/%2e%2E", ""), "resolves escaped dots before the guard");
        refusesFlaw(document, target -> target.replace("%EF%BC%8F", "/"), "folds wide characters");
        refusesFlaw(document, target -> target.replace("%5C", "/"), "takes an escaped backslash for a slash");
        refusesFlaw(document, target -> OVERLONG.matcher(target).replaceAll(
                octet -> String.valueOf((char) (0x40 | Integer.parseInt(octet.group(1), 16) & 0x3F))), "reads overlong letters");
        refusesFlaw(document, target -> target.replace("%E2%84%AA", ""), "drops what is not ASCII");
        refusesFlaw(document, target -> target.replace("x@", ""), "drops user information");
        refusesFlaw(document, target -> target.replace("https:", "http:"), "takes any scheme");
        refusesFlaw(document, target -> target.replace("/x/..", "").replace("/x/%2e%2E", ""), "resolves dots before the guard");
    }

    /** Where the default lets pass whatever no privilege covers, a spelling that the engine does not recognise is the way around a privilege. */
    @ParameterizedTest
    @ValueSource(strings = {";v=1", "%3Bv=1", "/%2e/", "%6D", "/;/", "169.254.169.254.:80"})
    void strangerWhoGetsAroundAPrivilege_isFound(String unrecognised) {
        RuleDocument document = Rules.heldByAlice("allow", "/metadata/instance");
        CompiledPolicy policy = policy(Rules.compile(document));
        Judge flawed = target -> target.contains(unrecognised) ? subject -> true : read(policy, target);
        assertDoesNotThrow(() -> EvilTwins.check(Destination.IMDS, imds(document), target -> read(policy, target)));
        assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, imds(document), flawed));
    }

    @Test
    void strangerWhoGetsThroughWithNonsense_isFound() {
        RuleDocument document = Rules.heldByAlice("deny", "/metadata/instance");
        CompiledPolicy policy = policy(Rules.compile(document));
        Judge flawed = target -> target.endsWith("%zz") ? Subject.SOMEBODY::equals : read(policy, target);
        assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, imds(document), flawed));
    }

    @Test
    void constraintsThatASpellingGetsAround_areFound() {
        String json = "{'imds':{'defaultAccess':'deny','mode':'enforce','id':'t','rules':{'privileges':[{'name':'p','path':'/metadata/instance',"
                + "'queryParameters':{'version':'1'}}],'roles':[{'name':'r','privileges':['p']}],'identities':[{'name':'alice','userName':'alice'}],"
                + "'roleAssignments':[{'role':'r','identities':['alice']}]}}}";
        RuleDocument document = Rules.document(json);
        refusesFlaw(document, target -> target.replace("=1x", "=1"), "compares the beginning of a value");
        refusesFlaw(document, target -> target.replaceFirst("&version=.*", ""), "takes the first of several values");
        refusesFlaw(document, target -> target.replaceFirst("[?].*&version=", "?version="), "takes the last of several values");
        refusesFlaw(document, target -> target.replace("%3F", "?"), "takes %3F for a question mark");
        refusesFlaw(document, target -> target.replace("%00", ""), "drops control characters of values");
        refusesFlaw(document, target -> target.replace("/METADATA/INSTANCE", "/metadata/instance?version=1"), "adds what is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metadata", "/", "/metadata/instance-backup", "/metadata/instance "})
    void neighbourThatAnotherPrivilegeCovers_isNoViolation(String other) {
        ItemSet items = Rules.compile(Rules.heldByAlice("deny", "/metadata/instance", other));
        assertDoesNotThrow(() -> EvilTwins.check(items));
    }

    @Test
    void violation_namesPrivilegeAndSpelling() {
        RuleDocument document = Rules.heldByAlice("deny", "/metadata/instance");
        CompiledPolicy policy = policy(Rules.compile(document));
        Judge flawed = target -> target.endsWith("-BACKUP") ? subject -> true : read(policy, target);
        assertEquals("privilege \"p0\" at imds: the spelling \"/METADATA/INSTANCE-BACKUP\" would be let through, although it means "
                        + "\"/metadata/instance-backup\", which is not",
                assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, imds(document), flawed)).getMessage());
    }

    private static void refusesFlaw(RuleDocument document, UnaryOperator<String> flaw, String what) {
        CompiledPolicy policy = policy(Rules.compile(document));
        CompiledItem item = imds(document);
        assertEquals(1, item.privileges().size());
        assertEquals(EndpointMode.ENFORCE, item.mode(Profile.STRICT));
        assertThrows(CompileException.class, () -> EvilTwins.check(Destination.IMDS, item, target -> read(policy, flaw.apply(target))), what);
    }

    private static Predicate<Subject> read(CompiledPolicy policy, String target) {
        return policy.strictlyAllowed(Destination.IMDS, "GET", target);
    }
}
