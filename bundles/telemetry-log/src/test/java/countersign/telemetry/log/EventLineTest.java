package countersign.telemetry.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.attribution.Caller;
import countersign.authorization.Explanation;
import countersign.authorization.IdentityMismatch;
import countersign.authorization.Proposal;
import countersign.authorization.Stage;
import countersign.endpoint.Endpoint;
import countersign.policy.AccessControlRules;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.AuditEvent.EndorsementKind;
import countersign.telemetry.NoticeEvent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLineTest {
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.089Z");
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 40000);
    private static final Caller WWW =
            new Caller(33, Optional.of("www"), List.of("www"), 77, 5, Optional.of("/usr/bin/curl"), Optional.of("curl -s"), false);

    private static final ToIntFunction<String> JSON_LENGTH = character -> character.equals("a") ? 1 : character.equals("\"") ? 2 : 6 * character.length();

    private final EventLine line = new EventLine();

    @Test
    void deniedRequest_isOneLineInTheOrderOfTheSpec() {
        AuditEvent event = new AuditEvent(TIME, 7, 3, "GET", "/machine?comp=goalstate", CLIENT, Optional.of(Endpoint.WIRESERVER), Optional.of(WWW),
                403, "authorization", true, EndorsementKind.NONE, Optional.of(explanation(Stage.RULES, Optional.of("goal"), List.of(
                        new IdentityMismatch("goal", "admins", "groupName", "adm")))), Duration.ofMillis(12), "denied");
        assertEquals(
                "{\"id\":7,\"method\":\"GET\",\"url\":\"/machine?comp=goalstate\",\"clientIp\":\"127.0.0.1\",\"clientPort\":40000,"
                        + "\"ip\":\"168.63.129.16\",\"port\":80,\"userId\":33,\"userName\":\"www\",\"userGroups\":[\"www\"],"
                        + "\"processFullPath\":\"/usr/bin/curl\",\"processCmdLine\":\"curl -s\",\"runAsElevated\":false,"
                        + "\"responseStatus\":\"403 Forbidden\",\"elapsedTime\":12,\"errorDetails\":\"denied\","
                        + "\"timestamp\":\"2026-03-04T05:06:07.089\",\"connectionId\":3,\"endpoint\":\"wireserver\",\"processId\":77,"
                        + "\"processStart\":5,\"decision\":\"deny\",\"reason\":\"authorization\",\"failedAuthorization\":true,"
                        + "\"endorsement\":\"none\",\"stage\":\"rules\",\"epoch\":4,\"decisionId\":\"d-1\",\"service\":\"wireserver\","
                        + "\"ruleSetId\":\"sig\",\"canonicalPath\":\"/machine\",\"privilege\":\"goal\",\"mismatches\":[{\"privilege\":\"goal\","
                        + "\"identity\":\"admins\",\"selector\":\"groupName\",\"expected\":\"adm\"}]}\n",
                text(event));
    }

    @Test
    void refusal_bringsWhatRulesCouldDo() throws Exception {
        AccessControlRules rules = new AccessControlRules(
                Optional.of(List.of(new Privilege("p", "/größe", Map.of("k", "v")))), Optional.of(List.of(new Role("r", List.of("p")))),
                Optional.empty(), Optional.of(List.of(new RoleAssignment("r", List.of("www")))));
        assertEquals(
                "{\"add\":{\"privileges\":[{\"name\":\"p\",\"path\":\"/gr\\u00F6\\u00DFe\",\"queryParameters\":{\"k\":\"v\"}}],"
                        + "\"roles\":[{\"name\":\"r\",\"privileges\":[\"p\"]}],\"roleAssignments\":[{\"role\":\"r\",\"identities\":[\"www\"]}]},"
                        + "\"alsoAllows\":[\"more\"]}",
                proposal(new Proposal.Change(rules, List.of("more"), List.of())));
        assertEquals("{\"none\":\"no rule \\\"can\\\"\"}", proposal(new Proposal.None("no rule \"can\"")));
        assertEquals("{\"leftOut\":\"busy\"}", proposal(new Proposal.LeftOut("busy")));
        assertEquals("{\"leftOut\":\"it is longer than 6144 characters\"}",
                proposal(new Proposal.Change(rules, List.of("x".repeat(6144)), List.of())));
    }

    private String proposal(Proposal proposal) throws Exception {
        Explanation why = new Explanation("d-1", Stage.RULES, 4, "imds", "sig", "/", Optional.empty(), Optional.empty(), List.of(),
                () -> Optional.of(proposal));
        String text = text(new AuditEvent(TIME, 7, 3, "GET", "/", CLIENT, Optional.of(Endpoint.IMDS), Optional.of(WWW), 403, "authorization", true,
                EndorsementKind.NONE, Optional.of(why), Duration.ZERO, ""));
        assertTrue(new ObjectMapper().readTree(text).path("proposal").isObject(), text);
        String member = ",\"proposal\":";
        return text.substring(text.indexOf(member) + member.length(), text.length() - 2);
    }

    @Test
    void secrets_areReplacedWhereverCallersCanPutThem() {
        Explanation why = new Explanation("d-1", Stage.RULES, 4, "imds", "sig", "/pwd=hidden1", Optional.empty(), Optional.empty(), List.of(),
                () -> Optional.of(new Proposal.None("hidden2")));
        String text = text(new AuditEvent(TIME, 7, 3, "GET", "/pwd=hidden1;?sv=1&sig=hidden2", CLIENT, Optional.of(Endpoint.IMDS),
                Optional.of(WWW), 403, "authorization", true, EndorsementKind.NONE, Optional.of(why), Duration.ZERO, "token " + "?sig=hidden3"));
        assertTrue(text.contains("\"url\":\"/[REDACTED];?sv=1&[REDACTED]\""), text);
        assertTrue(text.contains("\"canonicalPath\":\"/[REDACTED]\""), text);
        assertTrue(text.contains("\"errorDetails\":\"token ?[REDACTED]\""), text);
        assertTrue(text.contains("\"proposal\":{\"leftOut\":\"the target holds what looks like a secret\"}"), text);
        assertFalse(text.contains("hidden"), text);
        assertTrue(text(new NoticeEvent(TIME, NoticeEvent.Level.WARN, "m", "N", "a sig=hidden&b")).contains("\"message\":\"a [REDACTED]&b\""));
    }

    @Test
    void secretAcrossTheLimit_isReplacedBeforeTheCut() {
        String text = text(new AuditEvent(TIME, 7, 3, "GET", "/" + "x".repeat(8170) + "?key=" + "A".repeat(43) + "=", CLIENT, Optional.empty(),
                Optional.empty(), 421, "no-record", false, EndorsementKind.NONE, Optional.empty(), Duration.ZERO, ""));
        assertFalse(text.contains("A".repeat(5)), text);
        assertTrue(text.contains("?[REDACTED]"), text);
    }

    @Test
    void unattributedRequest_hasNoDecision() {
        AuditEvent event = new AuditEvent(TIME, 8, 3, "GET", "/", CLIENT, Optional.empty(), Optional.empty(), 421, "no-attribution", false,
                EndorsementKind.NONE, Optional.empty(), Duration.ZERO, "");
        assertEquals(
                "{\"id\":8,\"method\":\"GET\",\"url\":\"/\",\"clientIp\":\"127.0.0.1\",\"clientPort\":40000,\"ip\":\"None\",\"port\":0,"
                        + "\"userId\":0,\"userName\":\"empty\",\"userGroups\":[],\"processFullPath\":\"empty\",\"processCmdLine\":\"empty\","
                        + "\"runAsElevated\":false,\"responseStatus\":\"421 Misdirected Request\",\"elapsedTime\":0,\"errorDetails\":\"\","
                        + "\"timestamp\":\"2026-03-04T05:06:07.089\",\"connectionId\":3,\"decision\":\"none\",\"reason\":\"no-attribution\","
                        + "\"failedAuthorization\":false,\"endorsement\":\"none\"}\n",
                text(event));
    }

    @Test
    void notice_isOneLine() {
        assertEquals(
                "{\"notice\":\"KeyLatched\",\"timestamp\":\"2026-03-04T05:06:07.089\",\"level\":\"WARN\",\"module\":\"key_keeper\","
                        + "\"message\":\"two\\nlines\"}\n",
                text(new NoticeEvent(TIME, NoticeEvent.Level.WARN, "key_keeper", "KeyLatched", "two\nlines")));
    }

    @ParameterizedTest
    @CsvSource({
        "RULES,     true,  403, NONE,   deny",
        "RULES,     true,  200, SIGNED, allow-audited",
        "RULES,     true,  403, SIGNED, allow-audited",
        "RULES,     true,  503, NONE,   allow-audited",
        "RULES,     false, 200, SIGNED, allow",
        "RULES,     false, 503, NONE,   allow",
        "METHOD,    false, 405, NONE,   deny",
        "TRAVERSAL, false, 403, NONE,   deny",
        "EXEMPT,    false, 200, EXEMPT, allow"
    })
    void decision_isToldByStageAndOutcome(Stage stage, boolean failed, int status, EndorsementKind endorsement, String decision) throws Exception {
        AuditEvent event = new AuditEvent(TIME, 7, 3, "GET", "/", CLIENT, Optional.of(Endpoint.IMDS), Optional.of(WWW), status, "", failed,
                endorsement, Optional.of(explanation(stage, Optional.empty(), List.of())), Duration.ZERO, "");
        assertEquals(decision, new ObjectMapper().readTree(text(event)).get("decision").asText());
    }

    @Test
    void callersText_cannotForgeALine() throws Exception {
        String nasty = "x\"}\n{\"id\":1,\r\u0000\u001b[2J\u007f\u0085\u2028\u2029\u202e\uD800größe";
        Caller caller = new Caller(33, Optional.of(nasty), List.of(nasty), 77, 5, Optional.of(nasty), Optional.of(nasty), false);
        String text = text(new AuditEvent(TIME, 7, 3, nasty, nasty, CLIENT, Optional.of(Endpoint.IMDS), Optional.of(caller), 200, nasty, false,
                EndorsementKind.SIGNED, Optional.empty(), Duration.ZERO, nasty));
        assertEquals(text.length() - 1, text.indexOf('\n'));
        assertTrue(text.strip().chars().allMatch(c -> c >= ' ' && c < 0x7F), text);
        JsonNode json = new ObjectMapper().readTree(text);
        assertEquals(nasty.replace('\uD800', '\uFFFD'), json.get("url").asText());
        assertEquals(nasty.replace('\uD800', '\uFFFD'), json.get("userGroups").get(0).asText());
    }

    @Test
    void worstEvent_staysBelowTheLimit() throws Exception {
        for (String character : List.of("\u0001", "a", "\"", "ä", "\uD83D\uDE00", "\uD800")) {
            String huge = character.repeat(70_000);
            List<String> groups = Collections.nCopies(70_000, huge);
            Caller caller = new Caller(33, Optional.of(huge), groups, 77, 5, Optional.of(huge), Optional.of(huge), false);
            Explanation explanation = new Explanation(huge, Stage.RULES, Long.MAX_VALUE, huge, huge, huge, Optional.of(huge), Optional.of(huge),
                    Collections.nCopies(50, new IdentityMismatch(huge, huge, huge, huge)),
                    () -> Optional.of(new Proposal.None(character.repeat(6132 / JSON_LENGTH.applyAsInt(character)))));
            AgentEvent event = new AuditEvent(TIME, Long.MAX_VALUE, Long.MAX_VALUE, huge, huge, CLIENT, Optional.of(Endpoint.IMDS),
                    Optional.of(caller), 200, huge, true, EndorsementKind.UNSIGNED, Optional.of(explanation), Duration.ofDays(9999), huge);
            String text = text(event);
            assertTrue(text.length() <= EventLine.LIMIT, text.length() + " bytes");
            assertFalse(new ObjectMapper().readTree(text).isEmpty());
        }
    }

    private static Explanation explanation(Stage stage, Optional<String> privilege, List<IdentityMismatch> mismatches) {
        return new Explanation("d-1", stage, 4, "wireserver", "sig", "/machine", privilege, Optional.empty(), mismatches);
    }

    private String text(AgentEvent event) {
        return StandardCharsets.UTF_8.decode(line.of(event)).toString();
    }
}
