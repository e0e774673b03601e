package countersign.status.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.status.aggregate.ModuleStatus.State;
import countersign.telemetry.AuditEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Validates documents against the tables of status.md sections 2 and 5, by a validator written from them. */
class StatusContractTest {
    private static final Instant TIME = Instant.parse("2026-03-04T05:06:07.089Z");
    private static final ModuleStatus RUNNING = new ModuleStatus(State.RUNNING, "runs");

    @Test
    void exampleDocument_isWrittenInOrder() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("keyIncarnationId", "3");
        facts.put("hostGARuleId", "sigid-ws");
        facts.put("imdsRuleId", "sigid-imds");
        facts.put("wireServerRuleId", "sigid-ws");
        facts.put("keyGuid", "0f0e0d0c-0b0a-0908-0706-050403020100");
        facts.put("secureChannelState", "WireServer Enforce -  IMDS Audit - HostGA Enforce");
        facts.put("key", "must not be written");
        StatusSnapshot snapshot = new StatusSnapshot(
                TIME, "1.0.0", new ModuleStatus(State.RUNNING, "status file up to date"),
                new ModuleStatus(State.RUNNING, "key loaded from disk, 412 ms after start", facts),
                new ModuleStatus(State.RUNNING, "redirector attached"), new ModuleStatus(State.RUNNING, "listening"),
                new ModuleStatus(State.RUNNING, "event logger started"), 57,
                List.of(new SummaryRow("root", "169.254.169.254", 80, "curl -s http://169.254.169.254/metadata/instance", "200 OK", 12,
                        List.of("root"), "/usr/bin/curl")),
                List.of());
        assertEquals(
                "{\"timestamp\":\"2026-03-04T05:06:07.089\",\"proxyAgentStatus\":{\"version\":\"1.0.0\",\"status\":\"SUCCESS\","
                        + "\"monitorStatus\":{\"status\":\"RUNNING\",\"message\":\"status file up to date\"},"
                        + "\"keyLatchStatus\":{\"status\":\"RUNNING\",\"message\":\"key loaded from disk, 412 ms after start\",\"states\":{"
                        + "\"secureChannelState\":\"WireServer Enforce -  IMDS Audit - HostGA Enforce\","
                        + "\"keyGuid\":\"0f0e0d0c-0b0a-0908-0706-050403020100\",\"wireServerRuleId\":\"sigid-ws\",\"imdsRuleId\":\"sigid-imds\","
                        + "\"hostGARuleId\":\"sigid-ws\",\"keyIncarnationId\":\"3\"}},"
                        + "\"ebpfProgramStatus\":{\"status\":\"RUNNING\",\"message\":\"redirector attached\"},"
                        + "\"proxyListenerStatus\":{\"status\":\"RUNNING\",\"message\":\"listening\"},"
                        + "\"telemetryLoggerStatus\":{\"status\":\"RUNNING\",\"message\":\"event logger started\"},\"proxyConnectionsCount\":57},"
                        + "\"proxyConnectionSummary\":[{\"userName\":\"root\",\"ip\":\"169.254.169.254\",\"port\":80,"
                        + "\"processCmdLine\":\"curl -s http://169.254.169.254/metadata/instance\",\"responseStatus\":\"200 OK\",\"count\":12,"
                        + "\"userGroups\":[\"root\"],\"processFullPath\":\"/usr/bin/curl\"}],\"failedAuthenticateSummary\":[]}",
                new String(StatusJson.compact(snapshot), java.nio.charset.StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, RUNNING, RUNNING, RUNNING, SUCCESS",
        "RUNNING, RUNNING, RUNNING, UNKNOWN, SUCCESS",
        "STOPPED, RUNNING, RUNNING, RUNNING, ERROR",
        "RUNNING, UNKNOWN, RUNNING, RUNNING, ERROR",
        "RUNNING, RUNNING, STOPPED, RUNNING, ERROR"
    })
    void overallStatus_needsKeyKeeperRedirectorAndListener(State keys, State ebpf, State listener, State telemetry, String expected) throws IOException {
        StatusSnapshot snapshot = new StatusSnapshot(TIME, "1.0.0", RUNNING, new ModuleStatus(keys, ""), new ModuleStatus(ebpf, ""),
                new ModuleStatus(listener, ""), new ModuleStatus(telemetry, ""), 0, List.of(), List.of());
        assertEquals(expected, valid(StatusJson.compact(snapshot)).at("/proxyAgentStatus/status").asText());
    }

    @Test
    void documentOfAnAgentThatJustStarted_isValid() throws IOException {
        ModuleStatus unknown = ModuleReports.read(null);
        JsonNode document = valid(StatusJson.compact(
                new StatusSnapshot(TIME, "0.1.0", RUNNING, unknown, unknown, unknown, unknown, 0, List.of(), List.of())));
        assertEquals("{\"secureChannelState\":\"Unknown\",\"wireServerRuleId\":\"\",\"imdsRuleId\":\"\",\"hostGARuleId\":\"\"}",
                document.at("/proxyAgentStatus/keyLatchStatus/states").toString());
    }

    @Test
    void documentAfterTraffic_isValidInBothForms() throws IOException {
        StatusSnapshot snapshot = snapshotAfterTraffic();
        JsonNode compact = valid(StatusJson.compact(snapshot));
        assertEquals(compact, valid(StatusJson.pretty(snapshot)));
        assertEquals(5, compact.get("proxyConnectionSummary").size());
        assertEquals(2, compact.get("failedAuthenticateSummary").size());
        assertEquals(6, compact.at("/proxyAgentStatus/proxyConnectionsCount").asInt());
    }

    @Test
    void longMessage_isCutBetweenCharacters() throws IOException {
        String message = "x".repeat(1023) + "\uD83D\uDE00";
        StatusSnapshot snapshot = new StatusSnapshot(TIME, "1.0.0", RUNNING, RUNNING, RUNNING, new ModuleStatus(State.STOPPED, message), RUNNING, 0,
                List.of(), List.of());
        assertEquals("x".repeat(1023) + "...",
                valid(StatusJson.compact(snapshot)).at("/proxyAgentStatus/proxyListenerStatus/message").asText());
    }

    @Test
    void hostileTexts_leaveTheDocumentValid() throws IOException {
        String nasty = "\"}\n\u0000\uD800\u2028" + "y".repeat(5000);
        Caller caller = new Caller(5, Optional.of(nasty), List.of(nasty), 1, 1, Optional.of(nasty), Optional.of(nasty), false);
        ConnectionSummaries summaries = new ConnectionSummaries(() -> 0);
        summaries.count(event(1, Optional.of(Endpoint.IMDS), Optional.of(caller), 200, false));
        JsonNode document = valid(StatusJson.compact(new StatusSnapshot(TIME, "1.0.0", RUNNING, new ModuleStatus(State.RUNNING, nasty,
                Map.of("wireServerRuleId", nasty)), RUNNING, RUNNING, RUNNING, 1, summaries.ordinary(), summaries.failed())));
        String commandLine = document.at("/proxyConnectionSummary/0/processCmdLine").asText();
        // Of 509 bytes they take 27.
        assertEquals("\"}\n\u0000\uFFFD\u2028" + "y".repeat(482) + "...", commandLine);
    }

    /** One user can fill both maps with what takes most: an agent of 48 MiB must be able to say so. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "\u4E2D", "\u0001", "\uD83D\uDE00"})
    void fullSummaries_makeABoundedDocument(String character) {
        ConnectionSummaries summaries = new ConnectionSummaries(() -> 0);
        for (int i = 0; i <= ConnectionSummaries.KEYS; i++) {
            String text = i + character.repeat(600);
            Caller caller = new Caller(1000, Optional.of("user"), List.of("users"), 1, 1, Optional.of(text), Optional.of(text), false);
            summaries.count(event(i + 1, Optional.of(Endpoint.IMDS), Optional.of(caller), 403, true));
        }
        byte[] document = StatusJson.pretty(new StatusSnapshot(TIME, "1.0.0", RUNNING, RUNNING, RUNNING, RUNNING, RUNNING, 1,
                summaries.ordinary(), summaries.failed()));
        assertTrue(document.length < 6 << 20, "bytes: " + document.length);
    }

    private static StatusSnapshot snapshotAfterTraffic() {
        ConnectionSummaries summaries = new ConnectionSummaries(() -> 0);
        Caller root = new Caller(0, Optional.of("root"), List.of("root"), 1, 1, Optional.of("/usr/bin/curl"), Optional.of("curl"), true);
        Caller nobody = new Caller(4242, Optional.empty(), List.of(), 1, 1, Optional.empty(), Optional.empty(), false);
        summaries.count(event(1, Optional.of(Endpoint.IMDS), Optional.of(root), 200, false));
        summaries.count(event(2, Optional.of(Endpoint.IMDS), Optional.of(root), 200, false));
        summaries.count(event(3, Optional.of(Endpoint.WIRESERVER), Optional.of(nobody), 403, true));
        summaries.count(event(4, Optional.of(Endpoint.IMDS), Optional.of(nobody), 200, true));
        summaries.count(event(5, Optional.empty(), Optional.empty(), 421, false));
        summaries.count(event(6, Optional.of(Endpoint.HOSTGA), Optional.of(root), 599, false));
        return new StatusSnapshot(TIME, "1.0.0", RUNNING, RUNNING, RUNNING, RUNNING, RUNNING, summaries.requests(), summaries.ordinary(),
                summaries.failed());
    }

    static AuditEvent event(long id, Optional<Endpoint> endpoint, Optional<Caller> caller, int status, boolean failed) {
        return new AuditEvent(TIME, id, 1, "GET", "/", new InetSocketAddress("127.0.0.1", 40000), endpoint, caller, status, "", failed,
                AuditEvent.EndorsementKind.NONE, Optional.empty(), Duration.ZERO, "");
    }

    private static JsonNode valid(byte[] document) throws IOException {
        JsonNode root = new ObjectMapper().readTree(document);
        names(root, List.of("timestamp", "proxyAgentStatus", "proxyConnectionSummary", "failedAuthenticateSummary"));
        assertTrue(root.get("timestamp").asText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
        JsonNode agent = root.get("proxyAgentStatus");
        names(agent, List.of("version", "status", "monitorStatus", "keyLatchStatus", "ebpfProgramStatus", "proxyListenerStatus",
                "telemetryLoggerStatus", "proxyConnectionsCount"));
        assertTrue(agent.get("version").isTextual());
        assertTrue(List.of("SUCCESS", "ERROR").contains(agent.get("status").asText()));
        assertEquals("RUNNING", agent.at("/monitorStatus/status").asText());
        for (String module : List.of("monitorStatus", "ebpfProgramStatus", "proxyListenerStatus", "telemetryLoggerStatus")) {
            names(agent.get(module), List.of("status", "message"));
            detail(agent.get(module));
        }
        names(agent.get("keyLatchStatus"), List.of("status", "message", "states"));
        detail(agent.get("keyLatchStatus"));
        states(agent.at("/keyLatchStatus/states"));
        assertTrue(agent.get("proxyConnectionsCount").isIntegralNumber() && agent.get("proxyConnectionsCount").asLong() >= 0);
        root.get("proxyConnectionSummary").forEach(StatusContractTest::summary);
        root.get("failedAuthenticateSummary").forEach(StatusContractTest::summary);
        assertTrue(root.get("proxyConnectionSummary").isArray() && root.get("failedAuthenticateSummary").isArray());
        return root;
    }

    private static void detail(JsonNode detail) {
        assertTrue(List.of("UNKNOWN", "RUNNING", "STOPPED").contains(detail.get("status").asText()));
        assertTrue(detail.get("message").isTextual());
        String message = detail.get("message").asText();
        assertTrue(message.length() <= 1024 || (message.length() <= 1027 && message.endsWith("...")));
    }

    private static void states(JsonNode states) {
        List<String> order = List.of("secureChannelState", "keyGuid", "wireServerRuleId", "imdsRuleId", "hostGARuleId", "keyIncarnationId");
        List<String> present = new ArrayList<>(order);
        present.removeIf(name -> !states.has(name));
        names(states, present);
        assertTrue(present.containsAll(List.of("secureChannelState", "wireServerRuleId", "imdsRuleId", "hostGARuleId")));
        states.forEach(value -> assertTrue(value.isTextual()));
    }

    private static void summary(JsonNode row) {
        names(row, List.of("userName", "ip", "port", "processCmdLine", "responseStatus", "count", "userGroups", "processFullPath"));
        for (String text : List.of("userName", "ip", "processCmdLine", "responseStatus", "processFullPath")) {
            assertTrue(row.get(text).isTextual(), text);
            assertFalse(row.get(text).asText().length() > 512, text);
        }
        assertTrue(row.get("ip").asText().matches("None|\\d+\\.\\d+\\.\\d+\\.\\d+"));
        assertTrue(row.get("port").asInt() >= 0 && row.get("port").asInt() <= 65535);
        assertTrue(row.get("responseStatus").asText().matches("\\d+ .+"));
        assertTrue(row.get("count").isIntegralNumber() && row.get("count").asLong() > 0);
        assertTrue(row.get("userGroups").isArray());
    }

    private static void names(JsonNode object, List<String> expected) {
        List<String> found = new ArrayList<>();
        object.fieldNames().forEachRemaining(found::add);
        assertEquals(expected, found);
    }
}
