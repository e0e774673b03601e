package countersign.authorization.engine.decision;

import static countersign.authorization.engine.decision.Policies.ALICE;
import static countersign.authorization.engine.decision.Policies.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.Caller;
import countersign.authorization.AccessRequest;
import countersign.authorization.Decision;
import countersign.authorization.Explanation;
import countersign.authorization.IdentityMismatch;
import countersign.authorization.Proposal;
import countersign.authorization.Remedy;
import countersign.authorization.Stage;
import countersign.authorization.engine.Rules;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompiledPolicyTest {
    private static final String DENY = Policies.imds("deny", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "OFF | IMDS | GET | /a | allow NO_RULES",
        "OFF | IMDS | get | /a | deny METHOD",
        "OFF | IMDS | GET | /a//b | deny TRAVERSAL",
        "OFF | WIRESERVER | GET | /a | deny ELEVATION",
        "OFF | HOSTGA | GET | /a | deny ELEVATION",
        "OFF | AGENT | GET | /a | deny DESTINATION",
        "OFF | OTHER | GET | /a | allow DESTINATION",
        "ENFORCE | OTHER | GET | /a | deny DESTINATION",
        "ENFORCE | AGENT | GET | /a | deny DESTINATION",
        "ENFORCE | IMDS | GET | /a | allow NO_RULES",
    })
    void ordinaryCaller_withoutRules(CanonicalMode mode, Destination destination, String method, String target, String verdict) {
        assertEquals(verdict, Policies.of(mode, "{}").verdict(destination, method, target, ALICE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "OFF | WIRESERVER | GET | /a | allow NO_RULES",
        "OFF | HOSTGA | PUT | /vmAgentLog | allow EXEMPT",
        "OFF | IMDS | PUT | /vmAgentLog | allow EXEMPT",
        "OFF | AGENT | POST | /machine/?comp=telemetrydata | allow EXEMPT",
        "ENFORCE | WIRESERVER | POST | /machine/?comp=telemetrydata#x | allow EXEMPT",
        "ENFORCE | HOSTGA | POST | /machine/?comp=telemetrydata | allow EXEMPT",
        "ENFORCE | WIRESERVER | PUT | /vmagentlog | allow EXEMPT",
        "ENFORCE | IMDS | PUT | /vmagentlog | deny RULES",
        "ENFORCE | AGENT | PUT | /vmagentlog | deny DESTINATION",
        "ENFORCE | WIRESERVER | PUT | /vmagentlogs | allow NO_RULES",
    })
    void elevatedCaller(CanonicalMode mode, Destination destination, String method, String target, String verdict) {
        assertEquals(verdict, Policies.of(mode, DENY).verdict(destination, method, target, ROOT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "OFF | enforce | deny RULES", "OFF | audit | audited RULES", "OFF | DISABLED | allow RULES", "OFF | bogus | allow RULES",
        "ENFORCE | enforce | deny RULES", "ENFORCE | Audit | audited RULES", "ENFORCE | disabled | allow RULES", "ENFORCE | bogus | deny RULES",
    })
    void mode_softensRefusalsByRules(CanonicalMode profile, String mode, String verdict) {
        Policies policies = Policies.of(profile, Policies.item("imds", "deny", mode, ""));
        assertEquals(verdict, policies.verdict(Destination.IMDS, "GET", "/a", ALICE));
    }

    @Test
    void wireserverRules_serveHostga_imdsRulesDoNot() {
        Policies policies = Policies.of(CanonicalMode.OFF, Policies.item("wireserver", "deny", "enforce", ""));
        assertEquals("deny RULES", policies.verdict(Destination.HOSTGA, "GET", "/a", ROOT));
        assertEquals("deny RULES", policies.verdict(Destination.WIRESERVER, "GET", "/a", ROOT));
        assertEquals("allow NO_RULES", policies.verdict(Destination.IMDS, "GET", "/a", ROOT));
        assertEquals(Optional.of("x"), policies.policy().items().of(Destination.HOSTGA).map(CompiledItem::id));
        assertEquals(Optional.empty(), policies.policy().items().of(Destination.OTHER));
        assertEquals(Optional.empty(), policies.policy().items().of(Destination.AGENT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/a%2541 | CANON_DOUBLE_PCT", "/a\\b | CANON_BACKSLASH", "http://1.2.3.4/a | CANON_DEST", "http://localhost/a | CANON_DEST",
        "http://168.63.129.16/a | CANON_DEST", "/a?k=1&k=2 | CANON_DUPKEY", "/a?K=1&k=2 | CANON_DUPKEY", "/a%3Fk=1 | CANON_EMBQ", "/a% | CANON_PCT",
        "/x%2541%5C | CANON_BACKSLASH", "/%2561%zz | CANON_PCT",
    })
    void strictChecks_refuseWithTheirCode(String target, String code) {
        String rules = "'privileges':[{'name':'p','path':'/a','queryParameters':{'k':'1'}}],'roles':[{'name':'r','privileges':['p']}],"
                + "'identities':[{'name':'i'}],'roleAssignments':[{'role':'r','identities':['i']}]";
        Decision decision = Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", rules)).decide(Destination.IMDS, "GET", target, ALICE);
        assertInstanceOf(Decision.Deny.class, decision);
        assertEquals(new Explanation("d-1", Stage.CANONICAL, 7, "imds", "x-useLocalFileRules-false", code, Optional.empty(), Optional.empty(), List.of()),
                decision.explanation());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/a?k=1", "/a?k=1&k=1", "/a/b?k=1", "/a?k=1&j=1&j=2", "http://169.254.169.254/a?k=1", "/a?K=1", "/b?k=1&k=2", "/a;x?k=1", "/a%25?k=1", "/a%25x?k=1"})
    void strictChecks_letOrdinaryRequestsPass(String target) {
        String rules = "'privileges':[{'name':'p','path':'/a','queryParameters':{'k':'1'}}],'roles':[{'name':'r','privileges':['p']}],"
                + "'identities':[{'name':'i'}],'roleAssignments':[{'role':'r','identities':['i']}]";
        assertEquals("allow RULES", Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", rules)).verdict(Destination.IMDS, "GET", target, ALICE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "k | 1 | k=1", "k | 100% | k=100%25", "a&b | 1 | a%26b=1", "a=b | 1 | a%3Db=1", "k | a&b | k=a%26b", "K\u00c9 | 1 | k%C3%89=1", "key | 1 | %E2%84%AAey=1",
        "a+b | 1 | a%2Bb=1", "a%26b | 1 | a%2526b=1", "k% | 1 | k%25=1"})
    void repeatedParameter_neverEscapesAPrivilege(String key, String value, String pair) {
        String rules = "'privileges':[{'name':'p','path':'/a','queryParameters':{'" + key + "':'" + value + "'}}],'roles':[],'identities':[],'roleAssignments':[]";
        Policies policies = Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", rules));
        String other = pair.substring(0, pair.indexOf('=')) + "=other";
        assertEquals("allow RULES", policies.verdict(Destination.IMDS, "GET", "/a/b?" + other + '&' + other, ALICE));
        assertEquals("deny RULES", policies.verdict(Destination.IMDS, "GET", "/a/b?" + pair, ALICE));
        assertEquals("deny CANONICAL", policies.verdict(Destination.IMDS, "GET", "/a/b?" + other + '&' + pair, ALICE));
        assertEquals("deny CANONICAL", policies.verdict(Destination.IMDS, "GET", "/a/b?" + pair + '&' + other, ALICE));
        assertEquals("allow RULES", policies.verdict(Destination.IMDS, "GET", "/b?" + other + '&' + pair, ALICE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a+b | a+b=other&a%2Bb=1", "a+b | a%2Bb=1&a%20b=other", "key | key=other&%E2%84%AAey=1", "a%62 | ab=1&ab=other", "K\u00c9 | k%C3%89=other&K%C3%A9=1"})
    void repeatedParameter_isSeenInEverySpelling(String key, String query) {
        String rules = "'privileges':[{'name':'p','path':'/a','queryParameters':{'" + key + "':'1'}}],'roles':[{'name':'r','privileges':['p']}],"
                + "'identities':[{'name':'i'}],'roleAssignments':[{'role':'r','identities':['i']}]";
        Policies policies = Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", rules));
        assertEquals("CANON_DUPKEY", policies.decide(Destination.IMDS, "GET", "/a/b?" + query, ALICE).explanation().canonicalPath());
        assertEquals("allow RULES", policies.verdict(Destination.IMDS, "GET", "/a/b?" + query.replace("other", "1"), ALICE));
    }

    @Test
    void encodedQuestionMark_isToleratedForOneClientAndNothingElse() {
        String rules = Policies.rules("/metadata/scheduledevents", "'i'", "{'name':'i','userName':'alice'}");
        Policies tolerant = new Policies(CanonicalMode.ENFORCE, true, Policies.imds("deny", rules));
        String known = "/metadata/scheduledevents%3Fapi-version=2020-07-01";
        assertEquals("allow RULES", tolerant.verdict(Destination.IMDS, "GET", known, ALICE));
        assertEquals("allow RULES", tolerant.verdict(Destination.IMDS, "GET", known.replace("%3F", "%3f"), ALICE));
        assertEquals("deny CANONICAL", Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", rules)).verdict(Destination.IMDS, "GET", known, ALICE));
        for (String other : List.of(known + "&x=1", known + "%3Fx", known + "?x=1", "/Metadata/scheduledevents%3Fapi-version=1", "/metadata/instance%3Fapi-version=1",
                "/metadata/scheduledevents%3Fx=1", "/metadata/scheduledevents%3Fapi-version=", "/metadata/scheduledevents%3Fapi-version=1%20",
                "/metadata/scheduledevents%3Fapi-version=" + "1".repeat(33), "/metadata/scheduledevents/x%3Fapi-version=1")) {
            assertEquals("deny CANONICAL", tolerant.verdict(Destination.IMDS, "GET", other, ALICE), other);
        }
        assertEquals("allow RULES", tolerant.verdict(Destination.IMDS, "GET", "/metadata/scheduledevents%3Fapi-version=" + "1".repeat(32), ALICE));
        for (String version : List.of("2020-07-01", "0", "9", "a", "z", "A", "Z", "v1.x-Y")) {
            assertEquals("allow RULES", tolerant.verdict(Destination.IMDS, "GET", "/metadata/scheduledevents%3Fapi-version=" + version, ALICE), version);
        }
        for (String version : List.of("/", ":", "@", "[", "`", "{", "_", "1+")) {
            assertEquals("deny CANONICAL", tolerant.verdict(Destination.IMDS, "GET", "/metadata/scheduledevents%3Fapi-version=" + version, ALICE), version);
        }
        Policies wireserver = new Policies(CanonicalMode.ENFORCE, true, Policies.item("wireserver", "allow", "enforce", ""));
        assertEquals("deny CANONICAL", wireserver.verdict(Destination.WIRESERVER, "GET", known, ROOT));
    }

    @Test
    void denial_namesPrivilegeAndWhatDidNotMatch() {
        String rules = Policies.rules("/a", "'web','db','all'",
                "{'name':'web','userName':'alice','groupName':'wheel'},{'name':'db','exePath':'/bin/db'},{'name':'all','userName':'bob'}");
        Explanation why = Policies.of(CanonicalMode.OFF, Policies.imds("allow", rules)).decide(Destination.IMDS, "GET", "/A/b?x", ALICE).explanation();
        assertEquals(
                new Explanation("d-1", Stage.RULES, 7, "imds", "x-useLocalFileRules-false", "/a/b", Optional.of("p"), Optional.empty(), List.of(
                        new IdentityMismatch("p", "web", "groupName", "wheel"),
                        new IdentityMismatch("p", "db", "exePath", "/bin/db"),
                        new IdentityMismatch("p", "all", "userName", "bob"))),
                why);
    }

    @Test
    void grant_namesPrivilegeAndHolder() {
        String rules = Policies.rules("/a", "'web','me'", "{'name':'web','userName':'bob'},{'name':'me','userName':'alice'}");
        for (CanonicalMode mode : List.of(CanonicalMode.OFF, CanonicalMode.ENFORCE)) {
            Explanation why = Policies.of(mode, Policies.imds("deny", rules)).decide(Destination.IMDS, "GET", "/a", ALICE).explanation();
            assertEquals(new Explanation("d-1", Stage.RULES, 7, "imds", "x-useLocalFileRules-false", "/a", Optional.of("p"), Optional.of("me"), List.of()), why);
        }
    }

    @ParameterizedTest
    @CsvSource({"OFF", "ENFORCE"})
    void search_endsWithTheFirstGrant(CanonicalMode mode) {
        String rules = "'privileges':[{'name':'deep','path':'/a/b','queryParameters':{'k':'1'}},{'name':'all','path':'/'},{'name':'one','path':'/a'},"
                + "{'name':'two','path':'/c','queryParameters':{'k':'1'}},{'name':'three','path':'/c','queryParameters':{'j':'1'}},"
                + "{'name':'four','path':'/c/d'}],"
                + "'roles':[{'name':'r','privileges':['deep','all','one']},{'name':'s','privileges':['deep','one','two','three','four']}],"
                + "'identities':[{'name':'i','userName':'alice'},{'name':'j','userName':'root'}],"
                + "'roleAssignments':[{'role':'r','identities':['i']},{'role':'s','identities':['j']}]";
        Policies policies = Policies.of(mode, Policies.imds("deny", rules));
        assertEquals(Optional.of("all"), granted(policies, "/a/b?k=1", ALICE));
        assertEquals(Optional.of("one"), granted(policies, "/a/b?k=1", ROOT));
        assertEquals(Optional.of("two"), granted(policies, "/c/d?k=1", ROOT));
        assertEquals(Optional.of("three"), granted(policies, "/c/d?j=1", ROOT));
        assertEquals(Optional.of("four"), granted(policies, "/c/d", ROOT));
    }

    private static Optional<String> granted(Policies policies, String target, Subject subject) {
        Decision decision = policies.decide(Destination.IMDS, "GET", target, subject);
        assertInstanceOf(Decision.Allow.class, decision);
        return decision.explanation().privilege();
    }

    @ParameterizedTest
    @CsvSource({"/%2500,true", "/%2599,true", "/%25aA,true", "/%25fF,true", "/%250g,false", "/%25g0,false", "/%25:0,false", "/%250:,false", "/%25/0,false", "/%2500x,true", "/x%250,false",
        "/%25@0,false", "/%25`0,false", "/x%25,false", "/%25%250,false", "/%25%2500,true"})
    void doublePercent_needsTwoHexDigits(String target, boolean refused) {
        Decision decision = Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", "")).decide(Destination.IMDS, "GET", target, ALICE);
        assertEquals(refused ? "CANON_DOUBLE_PCT" : "allowed", decision instanceof Decision.Allow ? "allowed" : decision.explanation().canonicalPath());
    }

    @Test
    void backslash_isFoundAtTheBeginningToo() {
        Policies policies = Policies.of(CanonicalMode.ENFORCE, Policies.imds("allow", ""));
        assertEquals("deny CANONICAL", policies.verdict(Destination.IMDS, "GET", "*\\", ALICE));
        assertEquals("allow RULES", policies.verdict(Destination.IMDS, "GET", "/", ALICE));
    }

    @Test
    void refusalByDefault_namesNothing() {
        Explanation why = Policies.of(CanonicalMode.ENFORCE, DENY).decide(Destination.IMDS, "GET", "/a/", ALICE).explanation();
        assertEquals(new Explanation("d-1", Stage.RULES, 7, "imds", "x-useLocalFileRules-false", "/a/", Optional.empty(), Optional.empty(), List.of()), why);
    }

    @Test
    void earlierStages_explainWithoutRuleSet() {
        Policies policies = Policies.of(CanonicalMode.ENFORCE, DENY);
        assertEquals(new Explanation("d-1", Stage.TRAVERSAL, 7, "", "", "/b", Optional.empty(), Optional.empty(), List.of()),
                policies.decide(Destination.IMDS, "GET", "/a/../b", ALICE).explanation());
        assertEquals(new Explanation("d-2", Stage.METHOD, 7, "", "", "CANON_METHOD", Optional.empty(), Optional.empty(), List.of()),
                policies.decide(Destination.IMDS, "BREW", "/a", ALICE).explanation());
    }

    @Test
    void mismatches_areBounded() {
        StringBuilder identities = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            identities.append(i == 0 ? "" : ",").append("{'name':'i").append(i).append("','userName':'u").append(i).append("'}");
            names.append(i == 0 ? "" : ",").append("'i").append(i).append('\'');
        }
        Explanation why = Policies.of(CanonicalMode.OFF, Policies.imds("deny", Policies.rules("/a", names.toString(), identities.toString())))
                .decide(Destination.IMDS, "GET", "/a", ALICE).explanation();
        assertEquals(16, why.mismatches().size());
        assertEquals("i15", why.mismatches().get(15).identity());
    }

    @Test
    void decisionIds_countUp_andDifferBetweenEngines() {
        Policies policies = Policies.of(CanonicalMode.OFF, DENY);
        assertEquals("d-1", policies.decide(Destination.IMDS, "GET", "/a", ALICE).explanation().decisionId());
        assertEquals("d-2", policies.decide(Destination.IMDS, "GET", "/a", ALICE).explanation().decisionId());
        assertTrue(new DecisionIds().next().matches("[0-9a-z]+-1"));
    }

    @Test
    void divergence_isReportedOnce_whereProfilesDiffer() {
        String rules = Policies.rules("/a", "'me'", "{'name':'me','userName':'alice'}");
        Policies shadow = Policies.of(CanonicalMode.SHADOW, Policies.imds("deny", rules));
        assertEquals("allow RULES", shadow.verdict(Destination.IMDS, "GET", "/ab?q=\"\\", ALICE));
        assertEquals("allow RULES", shadow.verdict(Destination.IMDS, "GET", "/a%zz", ALICE));
        assertEquals("allow RULES", shadow.verdict(Destination.IMDS, "GET", "/a", ALICE));
        assertEquals("deny RULES", shadow.verdict(Destination.IMDS, "GET", "/b", ALICE));
        assertEquals(
                List.of("CANON_DIVERGENCE mode=shadow rule_set=x-useLocalFileRules-false legacy=allow canon=deny uri=\"/ab?q=\\\"\\\\\"",
                        "CANON_DIVERGENCE mode=shadow rule_set=x-useLocalFileRules-false legacy=allow canon=error:CANON_PCT uri=\"/a%zz\""),
                shadow.divergences);
        Policies enforce = Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", rules));
        assertEquals("deny RULES", enforce.verdict(Destination.IMDS, "GET", "/ab", ALICE));
        assertEquals("deny RULES", enforce.verdict(Destination.IMDS, "GET", "/b", ALICE));
        assertEquals("allow RULES", enforce.verdict(Destination.IMDS, "GET", "/a", ALICE));
        assertEquals(List.of("CANON_DIVERGENCE mode=enforce rule_set=x-useLocalFileRules-false legacy=allow canon=deny uri=\"/ab\""), enforce.divergences);
        Policies off = Policies.of(CanonicalMode.OFF, Policies.imds("deny", rules));
        off.verdict(Destination.IMDS, "GET", "/ab", ALICE);
        assertEquals(List.of(), off.divergences);
    }

    @ParameterizedTest
    @CsvSource({"undefined, undefined", "'', ''"})
    void divergence_isReported_whereOnlyTheIdentityRulesDiffer(String selector, String user) {
        String rules = Policies.rules("/a", "'me'", "{'name':'me','userName':'" + selector + "'}");
        Policies enforce = Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", rules));
        assertEquals("deny RULES", enforce.verdict(Destination.IMDS, "GET", "/a", new Subject(user, List.of(), "", "", false)));
        assertEquals(1, enforce.divergences.size());
    }

    @Test
    void refusals_getTheRemedyOfTheCounsel_andWhatPassesNone() {
        List<String> asked = new ArrayList<>();
        Remedy remedy = () -> Optional.of(new Proposal.None("x"));
        Counsel counsel = (facts, profile) -> {
            asked.add(profile + " " + facts.target());
            return remedy;
        };
        for (String mode : List.of("enforce", "audit")) {
            String rules = Policies.item("imds", "allow", mode, Policies.rules("/metadata", "'me'", "{'name':'me','userName':'alice'}"));
            CompiledPolicy policy = new CompiledPolicy(1, new Settings(CanonicalMode.ENFORCE, true, line -> {}), new DecisionIds("d"),
                    Rules.compile(Rules.document(rules)), counsel);
            assertSame(Remedy.NONE, policy.decide(new Facts(Destination.IMDS, "GET", "/metadata", ALICE), Profile.STRICT).explanation().remedy());
            assertSame(Remedy.NONE, policy.decide(new Facts(Destination.IMDS, "GET", "/x", ROOT), Profile.STRICT).explanation().remedy());
            assertEquals(List.of(), asked);
            for (String target : List.of("/metadata", "/a%zz", "/metadata/scheduledevents%3fapi-version=1", "/a//b")) {
                assertSame(remedy, policy.decide(new Facts(Destination.IMDS, "GET", target, ROOT), Profile.STRICT).explanation().remedy());
            }
            assertEquals(List.of("STRICT /metadata", "STRICT /a%zz", "STRICT /metadata/scheduledevents?api-version=1", "STRICT /a//b"), asked);
            asked.clear();
        }
    }

    @Test
    void divergence_isOneBoundedLine() {
        Policies shadow = Policies.of(CanonicalMode.SHADOW, Policies.imds("allow", ""));
        shadow.verdict(Destination.IMDS, "GET", "/%zz\u0001\u007f\n" + " ~" + "x".repeat(5000), ALICE);
        String line = shadow.divergences.get(0);
        assertTrue(line.contains("/%zz\\x01\\x7f\\x0a ~x"), line);
        assertTrue(line.endsWith("x…\""), line);
        assertTrue(line.length() < 2300, line);
        shadow.verdict(Destination.IMDS, "GET", "/%zz" + "x".repeat(2044), ALICE);
        assertTrue(shadow.divergences.get(1).endsWith("x\""));
    }

    @Test
    void accessRequest_isDecidedInTheConfiguredProfile() {
        String rules = Policies.rules("/a", "'me'", "{'name':'me','userName':'alice','groupName':'users','exePath':'/usr/bin/curl','processName':'curl'}");
        Caller caller = new Caller(1000, Optional.of("alice"), List.of("users"), 1, 1, Optional.of("/usr/bin/curl"), Optional.empty(), false);
        AccessRequest request = new AccessRequest(Endpoint.IMDS.address(), "GET", "/ab", caller);
        CompiledPolicy off = Policies.of(CanonicalMode.OFF, Policies.imds("deny", rules)).policy();
        CompiledPolicy enforce = Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", rules)).policy();
        assertInstanceOf(Decision.Allow.class, off.decide(request));
        assertInstanceOf(Decision.Deny.class, enforce.decide(request));
        assertEquals(7, enforce.epoch());
        assertEquals(CanonicalMode.ENFORCE, enforce.settings().mode());
    }

    @Test
    void unknownAttributes_matchInCompatOnly() {
        Caller caller = new Caller(1000, Optional.empty(), List.of(), 1, 1, Optional.empty(), Optional.empty(), false);
        String rules = Policies.rules("/a", "'me'", "{'name':'me','userName':'undefined','exePath':'','processName':''}");
        AccessRequest request = new AccessRequest(Endpoint.IMDS.address(), "GET", "/a", caller);
        assertInstanceOf(Decision.Allow.class, Policies.of(CanonicalMode.OFF, Policies.imds("deny", rules)).policy().decide(request));
        assertInstanceOf(Decision.Deny.class, Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", rules)).policy().decide(request));
        String named = Policies.rules("/a", "'me'", "{'name':'me','userName':'undefined'}");
        assertInstanceOf(Decision.Deny.class, Policies.of(CanonicalMode.ENFORCE, Policies.imds("deny", named)).policy().decide(request));
    }

    @Test
    void destinations_areRecognisedByAddressAndPort() {
        assertEquals(Destination.IMDS, Destination.of(Endpoint.IMDS.address()));
        assertEquals(Destination.WIRESERVER, Destination.of(Endpoint.WIRESERVER.address()));
        assertEquals(Destination.HOSTGA, Destination.of(Endpoint.HOSTGA.address()));
        assertEquals(Destination.AGENT, Destination.of(new InetSocketAddress("127.0.0.1", 3080)));
        assertEquals(Destination.OTHER, Destination.of(new InetSocketAddress("127.0.0.1", 3081)));
        assertEquals(Destination.OTHER, Destination.of(new InetSocketAddress("169.254.169.254", 81)));
        assertEquals(List.of("wireserver", "imds", "wireserver", "", ""), List.of(Destination.values()).stream().map(Destination::service).toList());
    }

    @Test
    void canonicalMode_isReadTrimmedIgnoringCase() {
        assertEquals(Optional.of(CanonicalMode.OFF), CanonicalMode.parse(""));
        assertEquals(Optional.of(CanonicalMode.OFF), CanonicalMode.parse(" Off "));
        assertEquals(Optional.of(CanonicalMode.SHADOW), CanonicalMode.parse("Shadow"));
        assertEquals(Optional.of(CanonicalMode.ENFORCE), CanonicalMode.parse("ENFORCE"));
        assertEquals(Optional.empty(), CanonicalMode.parse("strict"));
        assertEquals(List.of(Profile.COMPAT, Profile.COMPAT, Profile.STRICT), List.of(CanonicalMode.values()).stream().map(CanonicalMode::profile).toList());
    }

    @Test
    void canonicalDecision_isTheReferencesMatcherAlone() {
        String rules = Policies.rules("/a", "'me'", "{'name':'me','userName':'alice'}");
        CompiledPolicy policy = Policies.of(CanonicalMode.OFF, Policies.imds("deny", rules)).policy();
        assertEquals(Optional.of("allow"), policy.canonicalDecision(new Facts(Destination.IMDS, "GET", "/A", ALICE)));
        assertEquals(Optional.of("deny"), policy.canonicalDecision(new Facts(Destination.IMDS, "GET", "/ab", ALICE)));
        assertEquals(Optional.of("error:CANON_PCT"), policy.canonicalDecision(new Facts(Destination.IMDS, "GET", "/a%", ALICE)));
        assertEquals(Optional.empty(), policy.canonicalDecision(new Facts(Destination.WIRESERVER, "GET", "/a", ALICE)));
        CompiledPolicy disabled = Policies.of(CanonicalMode.OFF, Policies.item("imds", "deny", "disabled", "")).policy();
        assertEquals(Optional.of("allow"), disabled.canonicalDecision(new Facts(Destination.IMDS, "GET", "/a%", ALICE)));
        String takenApart = "'privileges':[{'name':'p','path':'/a','queryParameters':{'k':'v&w'}}],'roles':[{'name':'r','privileges':['p']}],"
                + "'identities':[{'name':'i'}],'roleAssignments':[{'role':'r','identities':['i']}]";
        CompiledPolicy reference = Policies.of(CanonicalMode.OFF, Policies.imds("deny", takenApart)).policy();
        assertEquals(Optional.of("allow"), reference.canonicalDecision(new Facts(Destination.IMDS, "GET", "/a?k=v&w", ALICE)));
        assertEquals(Optional.of("deny"), reference.canonicalDecision(new Facts(Destination.IMDS, "GET", "/a?k=v", ALICE)));
    }

    @Test
    void strictlyAllowed_isGuardsAndRulesOnly() {
        CompiledPolicy policy = Policies.of(CanonicalMode.ENFORCE, Policies.item("wireserver", "allow", "audit", "")).policy();
        assertTrue(policy.strictlyAllowed(Destination.WIRESERVER, "GET", "/a").test(ALICE));
        assertFalse(policy.strictlyAllowed(Destination.WIRESERVER, "GET", "/a%").test(ALICE));
        assertFalse(policy.strictlyAllowed(Destination.WIRESERVER, "GET", "/a//b").test(ALICE));
        assertTrue(policy.strictlyAllowed(Destination.IMDS, "GET", "/a").test(ALICE));
        assertFalse(policy.strictlyAllowed(Destination.OTHER, "GET", "/a").test(ALICE));
        CompiledPolicy disabled = Policies.of(CanonicalMode.ENFORCE, Policies.item("wireserver", "allow", "disabled", "")).policy();
        assertTrue(disabled.strictlyAllowed(Destination.WIRESERVER, "GET", "/a%").test(ALICE));
        String rules = "'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p']}],"
                + "'identities':[{'name':'i','userName':'alice'}],'roleAssignments':[{'role':'r','identities':['i']}]";
        CompiledPolicy restricted = Policies.of(CanonicalMode.ENFORCE, Policies.item("imds", "allow", "enforce", rules)).policy();
        assertTrue(restricted.strictlyAllowed(Destination.IMDS, "GET", "/a/b").test(ALICE));
        assertFalse(restricted.strictlyAllowed(Destination.IMDS, "GET", "/a/b").test(ROOT));
        assertFalse(restricted.strictlyAllowed(Destination.IMDS, "GET", "/ab").test(ROOT), "compat says no");
        assertFalse(restricted.strictlyAllowed(Destination.IMDS, "GET", "/./a").test(ROOT), "canonical says no");
    }

    @Test
    void compiledItem_answersForTools() {
        String rules = "'privileges':[{'name':'p','path':'/a'},{'name':'free','path':'/b'},{'name':'nobody','path':'/c'}],"
                + "'roles':[{'name':'r','privileges':['p']},{'name':'s','privileges':['nobody']}],'identities':[{'name':'i','userName':'alice'}],"
                + "'roleAssignments':[{'role':'r','identities':['i']},{'role':'s','identities':[]}]";
        CompiledItem item = Policies.of(CanonicalMode.OFF, Policies.item("imds", "allow", "disabled", rules)).policy().items().imds().orElseThrow();
        assertEquals(List.of(true, false, true), List.of(item.isAssigned(0), item.isAssigned(1), item.isAssigned(2)));
        assertEquals(List.of(1, 0, 0), List.of(item.holderCount(0), item.holderCount(1), item.holderCount(2)));
        assertEquals("i", item.holder(0, 0).identity().name());
        assertEquals("other", item.withId("other").id());
        assertEquals(List.of("i"), item.identities().stream().map(rule -> rule.identity().name()).toList());
        assertFalse(item.allows(new Facts(Destination.IMDS, "GET", "/a%zz", ALICE), Profile.STRICT));
        assertTrue(item.allows(new Facts(Destination.IMDS, "GET", "/a%zz", ALICE), Profile.COMPAT));
        assertEquals(EndpointMode.DISABLED, item.mode(Profile.STRICT));
        for (Profile profile : Profile.values()) {
            assertTrue(item.allows(new Facts(Destination.IMDS, "GET", "/a", ALICE), profile));
            assertFalse(item.allows(new Facts(Destination.IMDS, "GET", "/a", ROOT), profile));
            assertFalse(item.allows(new Facts(Destination.IMDS, "GET", "/b", ALICE), profile));
            assertTrue(item.allows(new Facts(Destination.IMDS, "GET", "/d", ALICE), profile));
        }
        assertTrue(item.nothingMatchesInCompat(new Facts(Destination.IMDS, "GET", "/d", ALICE)));
        assertFalse(item.nothingMatchesInCompat(new Facts(Destination.IMDS, "GET", "/b", ALICE)));
        assertTrue(item.nothingMatchesInCanonical(new Facts(Destination.IMDS, "GET", "/ab", ALICE)));
        assertFalse(item.nothingMatchesInCanonical(new Facts(Destination.IMDS, "GET", "/x/../b", ALICE)));
        assertFalse(item.nothingMatchesInCanonical(new Facts(Destination.IMDS, "GET", "/a%zz", ALICE)), "who knows");
        assertTrue(item.isAnythingHeld());
        String nothingHeld = Policies.item("imds", "allow", "disabled", rules.replace("['i']", "[]"));
        assertFalse(Policies.of(CanonicalMode.OFF, nothingHeld).policy().items().imds().orElseThrow().isAnythingHeld());
        assertEquals("holders: expected 0 sets, got 1",
                assertThrows(IllegalArgumentException.class, () -> new CompiledItem("", true, Optional.empty(), List.of(), List.of(), new int[1][])).getMessage());
    }
}
