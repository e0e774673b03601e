package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The tables of status.md sections 2 and 5.1 as checks: names in order, types, values. */
final class StatusShape {
    private static final String GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    private static final String MODE = "(Enforce|Audit|Disabled)";
    private static final String CHANNEL = "Unknown|disabled|wireserver|wireserverandimds|WireServer " + MODE + " -  IMDS " + MODE + " - HostGA " + MODE;

    private StatusShape() {}

    /** Section 2. */
    static void check(JsonNode document) {
        names(document, "timestamp", "proxyAgentStatus", "proxyConnectionSummary", "failedAuthenticateSummary");
        text(document, "timestamp", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}");
        agent(document.path("proxyAgentStatus"));
        rows(document.path("proxyConnectionSummary"));
        rows(document.path("failedAuthenticateSummary"));
    }

    /** Section 2.1. */
    private static void agent(JsonNode status) {
        names(status, "version", "status", "monitorStatus", "keyLatchStatus", "ebpfProgramStatus", "proxyListenerStatus", "telemetryLoggerStatus",
                "proxyConnectionsCount");
        text(status, "version", "\\d+\\.\\d+\\.\\d+.*");
        for (String module : List.of("monitorStatus", "ebpfProgramStatus", "proxyListenerStatus", "telemetryLoggerStatus")) {
            names(status.path(module), "status", "message");
            detail(status.path(module));
        }
        JsonNode latch = status.path("keyLatchStatus");
        names(latch, "status", "message", "states");
        detail(latch);
        states(latch.path("states"));
        assertEquals("RUNNING", status.path("monitorStatus").path("status").asText());
        boolean wellNow = List.of("keyLatchStatus", "ebpfProgramStatus", "proxyListenerStatus").stream()
                .allMatch(module -> status.path(module).path("status").asText().equals("RUNNING"));
        text(status, "status", wellNow ? "SUCCESS" : "ERROR");
        number(status, "proxyConnectionsCount", Long.MAX_VALUE);
    }

    /** Section 2.2. */
    private static void detail(JsonNode detail) {
        text(detail, "status", "UNKNOWN|RUNNING|STOPPED");
        text(detail, "message", "(?s).+");
        int length = detail.path("message").asText().getBytes(StandardCharsets.UTF_8).length;
        assertTrue(length <= 1024 + 3, "length of a message: " + length);
    }

    /** Sections 2.3 and 2.4. */
    private static void states(JsonNode states) {
        List<String> expected = new ArrayList<>(List.of("secureChannelState"));
        if (states.has("keyGuid")) {
            expected.add("keyGuid");
            text(states, "keyGuid", GUID);
        }
        expected.addAll(List.of("wireServerRuleId", "imdsRuleId", "hostGARuleId"));
        if (states.has("keyIncarnationId")) {
            expected.add("keyIncarnationId");
            text(states, "keyIncarnationId", "\\d+");
        }
        names(states, expected.toArray(String[]::new));
        text(states, "secureChannelState", CHANNEL);
        for (String id : List.of("wireServerRuleId", "imdsRuleId", "hostGARuleId")) {
            text(states, id, "(?s).*");
        }
    }

    /** Section 5.1. */
    private static void rows(JsonNode rows) {
        assertTrue(rows.isArray(), () -> "expected an array, got " + rows.getNodeType());
        for (JsonNode row : rows) {
            names(row, "userName", "ip", "port", "processCmdLine", "responseStatus", "count", "userGroups", "processFullPath");
            text(row, "userName", ".+");
            text(row, "ip", "None|\\d{1,3}(\\.\\d{1,3}){3}");
            number(row, "port", 65_535);
            text(row, "processCmdLine", "(?s).+");
            text(row, "responseStatus", "[1-5]\\d\\d [A-Z][A-Za-z -]+");
            number(row, "count", Long.MAX_VALUE);
            assertTrue(row.path("userGroups").isArray() || row.path("userGroups").isNull(), row::toString);
            row.path("userGroups").forEach(group -> assertTrue(group.isTextual(), row::toString));
            assertTrue(row.path("processFullPath").isTextual() || row.path("processFullPath").isNull(), row::toString);
        }
    }

    private static void names(JsonNode object, String... expected) {
        List<String> found = new ArrayList<>();
        object.fieldNames().forEachRemaining(found::add);
        assertEquals(List.of(expected), found);
        assertEquals(found.size(), Set.copyOf(found).size(), "members given twice");
    }

    private static void text(JsonNode object, String name, String pattern) {
        assertTrue(object.path(name).isTextual() && object.path(name).asText().matches(pattern), () -> name + ": expected " + pattern + ", got " + object.path(name));
    }

    private static void number(JsonNode object, String name, long most) {
        JsonNode found = object.path(name);
        assertTrue(found.isIntegralNumber() && found.canConvertToLong() && found.asLong() >= 0 && found.asLong() <= most, () -> name + ": " + found);
    }
}
