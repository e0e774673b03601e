package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The status document over HTTP and as a file, held against the tables of status.md by {@link StatusShape}. */
class StatusIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TARGET = "/gpa-aggregated-status";
    private static final Request ASK = Request.get(TARGET, Network.WIRESERVER).with("Metadata", "true");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Talker nobody;
    private Talker root;

    @BeforeAll
    void guard() throws IOException {
        nobody = stage().talker(User.NOBODY);
        root = stage().talker(User.ROOT);
        lab().host().serve(Policy.open("rules-ws").service("imds", "audit", "allow", "rules-imds").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
        assertEquals(200, root.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE)).status());
        assertEquals(403, nobody.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE)).status());
        // Events are counted a moment after the answer.
        Lab.await("both in the summaries", PATIENCE, () -> {
            JsonNode document = JSON.readTree(root.ask(Network.WIRESERVER, 80, ASK).body());
            return find(document.path("proxyConnectionSummary"), "root", "168.63.129.16", "200 OK").isPresent()
                    && find(document.path("failedAuthenticateSummary"), "nobody", "168.63.129.16", "403 Forbidden").isPresent();
        });
    }

    @Test
    void root_throughRedirection_getsTheDocument() throws IOException {
        long mark = lab().host().mark();
        Answer answer = root.ask(Network.WIRESERVER, 80, ASK);
        assertEquals(200, answer.status());
        assertEquals(List.of("application/json; charset=utf-8"), answer.values("content-type"));
        assertFalse(answer.text().contains("\n"), "the HTTP form is compact");
        JsonNode document = JSON.readTree(answer.body());
        StatusShape.check(document);
        JsonNode status = document.path("proxyAgentStatus");
        assertEquals("SUCCESS", status.path("status").asText());
        JsonNode states = status.path("keyLatchStatus").path("states");
        assertEquals("WireServer Enforce -  IMDS Audit - HostGA Enforce", states.path("secureChannelState").asText());
        assertEquals(List.of(lab().host().latchedKey(), "rules-ws", "rules-imds", "rules-ws"), Stream.of("keyGuid", "wireServerRuleId", "imdsRuleId", "hostGARuleId")
                .map(name -> states.path(name).asText()).toList());
        Duration age = Duration.between(LocalDateTime.parse(document.path("timestamp").asText()).toInstant(ZoneOffset.UTC), Instant.now());
        assertTrue(age.abs().toSeconds() < 60, "age of the document: " + age);
        assertEquals(List.of(), lab().host().proxiedSince(mark), "what the host saw of it");
    }

    @Test
    void summaries_tellWhoAskedAndWhoFailed() throws IOException {
        JsonNode document = JSON.readTree(root.ask(Network.WIRESERVER, 80, ASK).body());
        assertEquals(1, row(document.path("proxyConnectionSummary"), "root", "168.63.129.16", "200 OK").path("count").asLong());
        JsonNode denied = row(document.path("failedAuthenticateSummary"), "nobody", "168.63.129.16", "403 Forbidden");
        assertEquals("[\"nogroup\"]", denied.path("userGroups").toString());
        assertEquals(Path.of(Lab.javaProgram()).toRealPath().toString(), denied.path("processFullPath").asText());
        assertTrue(denied.equals(row(document.path("proxyConnectionSummary"), "nobody", "168.63.129.16", "403 Forbidden")), "a denied request stands in both lists");
        long before = document.path("proxyAgentStatus").path("proxyConnectionsCount").asLong();
        root.ask(Network.WIRESERVER, 80, ASK);
        long after = JSON.readTree(root.ask(Network.WIRESERVER, 80, ASK).body()).path("proxyAgentStatus").path("proxyConnectionsCount").asLong();
        assertEquals(2, after - before, "requests for status count as well");
    }

    @Test
    void everyoneElse_isRefused() throws IOException {
        assertRefused(403, nobody.ask(Network.WIRESERVER, 80, ASK));
        assertRefused(400, root.ask(Network.WIRESERVER, 80, Request.get(TARGET, Network.WIRESERVER)));
        assertRefused(400, nobody.ask(Network.WIRESERVER, 80, Request.get(TARGET, Network.WIRESERVER)));
        assertRefused(403, root.ask("127.0.0.1", 3080, ASK));
    }

    @Test
    void withQuery_isForwardedLikeAnyOther() throws IOException {
        long mark = lab().host().mark();
        assertEquals(404, root.ask(Network.WIRESERVER, 80, Request.get(TARGET + "?a=b", Network.WIRESERVER).with("Metadata", "true")).status());
        assertEquals(List.of("verified"), lab().host().proxiedSince(mark).stream().map(seen -> seen.reason()).toList());
    }

    @Test
    void file_hasTheSameShapeAndItsMode() throws IOException {
        Path file = lab().statusFolder().resolve("status.json");
        Lab.await("status.json", PATIENCE, () -> Files.exists(file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(List.of(0, 0), List.of(Files.getAttribute(file, "unix:uid"), Files.getAttribute(file, "unix:gid")));
        String text = Files.readString(file);
        assertTrue(text.contains("\n  \"proxyAgentStatus\""), "the file is pretty-printed");
        StatusShape.check(JSON.readTree(text));
        assertFalse(Files.exists(file.resolveSibling("status.tmp")), "a temporary file is left");
    }

    @Test
    void ruleSnapshot_liesBesideIt() throws IOException {
        try (Stream<Path> files = Files.list(lab().statusFolder())) {
            List<Path> snapshots = files.filter(file -> file.getFileName().toString().startsWith("AuthorizationRules_")).sorted().toList();
            assertFalse(snapshots.isEmpty(), "no snapshot of the rules");
            for (Path snapshot : snapshots) {
                assertTrue(snapshot.getFileName().toString().matches("AuthorizationRules_\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d{3}-\\d{19}\\.json"), snapshot.toString());
                assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(snapshot)));
            }
            JsonNode last = JSON.readTree(snapshots.get(snapshots.size() - 1).toFile());
            assertEquals(List.of("Audit", "Enforce", "Enforce"), Stream.of("imds", "wireserver", "hostga")
                    .map(service -> last.path("computedRules").path(service).path("mode").asText()).toList());
            assertEquals("rules-imds-useLocalFileRules-false", last.path("computedRules").path("imds").path("id").asText());
        }
    }

    @Test
    void documentWithAnyFlaw_failsTheCheck() throws IOException {
        JsonNode good = JSON.readTree(root.ask(Network.WIRESERVER, 80, ASK).body());
        List<Consumer<ObjectNode>> flaws = List.of(
                document -> document.remove("failedAuthenticateSummary"),
                document -> document.put("timestamp", "2026-03-04T05:06:07.089Z"),
                document -> document.put("more", 1),
                document -> document.withObject("/proxyAgentStatus").put("status", "success"),
                document -> document.withObject("/proxyAgentStatus").put("proxyConnectionsCount", "5"),
                document -> document.withObject("/proxyAgentStatus/monitorStatus").put("status", "STOPPED"),
                document -> document.withObject("/proxyAgentStatus").put("status", document.path("proxyAgentStatus").path("status").asText().equals("ERROR") ? "SUCCESS" : "ERROR"),
                document -> document.withObject("/proxyAgentStatus/ebpfProgramStatus").putObject("states"),
                document -> document.withObject("/proxyAgentStatus/keyLatchStatus/states").put("secureChannelState", "WireServer Enforce - IMDS Audit - HostGA Enforce"),
                document -> document.withObject("/proxyAgentStatus/keyLatchStatus/states").put("keyIncarnationId", 3),
                document -> document.set("proxyAgentStatus", reordered(document.path("proxyAgentStatus"))),
                document -> ((ObjectNode) document.path("proxyConnectionSummary").path(0)).put("responseStatus", "200"),
                document -> ((ObjectNode) document.path("proxyConnectionSummary").path(0)).put("count", -1));
        for (int i = 0; i < flaws.size(); i++) {
            ObjectNode flawed = good.deepCopy();
            flaws.get(i).accept(flawed);
            assertThrows(AssertionError.class, () -> StatusShape.check(flawed), "flaw " + i);
        }
    }

    private static ObjectNode reordered(JsonNode object) {
        ObjectNode changed = object.deepCopy();
        JsonNode first = changed.remove("version");
        return changed.set("version", first);
    }

    private static JsonNode row(JsonNode rows, String user, String ip, String response) {
        return find(rows, user, ip, response).orElseThrow(() -> new AssertionError("no row of " + user + " with " + response + " in " + rows));
    }

    private static Optional<JsonNode> find(JsonNode rows, String user, String ip, String response) {
        Optional<JsonNode> found = Optional.empty();
        for (JsonNode row : rows) {
            if (row.path("userName").asText().equals(user) && row.path("ip").asText().equals(ip) && row.path("responseStatus").asText().equals(response)) {
                found = Optional.of(row);
            }
        }
        return found;
    }

    private static void assertRefused(int status, Answer answer) {
        assertEquals(status, answer.status());
        assertEquals("", answer.text());
        assertTrue(answer.closes(), "the connection is closed");
    }
}
