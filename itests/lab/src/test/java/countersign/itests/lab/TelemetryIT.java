package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Telemetry to the host, hurried: what the agent sends, and that nothing depends on whether the host takes it. */
class TelemetryIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
    private static final String UPLOAD = "/machine/?comp=telemetrydata";
    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeEach
    void start() throws IOException {
        host().reset();
        host().serve(Policy.open("rules-1").reserve("imds", "/metadata/identity", "root").document());
    }

    @AfterEach
    void stop() throws IOException {
        stage().killAgent();
    }

    @Test
    void eventsReachTheHost_wellFormedUnsignedAndOnce() throws IOException {
        long mark = host().mark();
        startAgent();
        denyThrice();

        JsonNode denial = awaitEvent("log_connection_summary", "\"responseStatus\":\"403 Forbidden\"");
        JsonNode summary = JSON.readTree(denial.path("Context1").asText());
        assertEquals("nobody GET " + TOKEN + " false", summary.path("userName").asText() + " " + summary.path("method").asText() + " "
                + summary.path("url").asText() + " " + summary.path("runAsElevated"));
        JsonNode notice = awaitEvent("ProvisionFinished", "Provision finished successfully");
        assertEquals("provision INFO simulated simulated_IN_0 ProxyAgent", notice.path("Context3").asText() + " " + notice.path("CapabilityUsed").asText()
                + " " + notice.path("RoleName").asText() + " " + notice.path("RoleInstanceName").asText() + " " + notice.path("ExecutionMode").asText());
        assertEquals(Long.toString(stage().agent().pid()), notice.path("EventPid").asText());
        JsonNode status = awaitEvent("loop_status", "");
        assertEquals("True SUCCESS", status.path("OperationSuccess").asText() + " " + JSON.readTree(status.path("Message").asText()).path("status").asText());

        assertEquals(0, host().telemetry().path("refused").asInt(), () -> refusals());
        assertEquals(1, events().filter(event -> event.path("Context1").asText().contains("\"responseStatus\":\"403 Forbidden\"")).count());
        List<Seen> seen = host().since(mark);
        List<Seen> uploads = seen.stream().filter(each -> each.target().equals(UPLOAD)).toList();
        assertTrue(uploads.size() > 1, uploads.size() + " uploads");
        assertTrue(uploads.stream().allMatch(each -> each.values("x-ms-azure-host-authorization").isEmpty() && each.values("x-ms-version").equals(List.of("2012-11-30"))));
        long attested = seen.stream().filter(each -> each.target().endsWith("/key-attestation")).findFirst().orElseThrow().number();
        List<Seen> goals = seen.stream().filter(each -> each.target().equals(Stage.GOAL_STATE)).toList();
        assertEquals(List.of("verified"), goals.stream().map(Seen::reason).toList(), "one look at the metadata for all uploads");
        assertTrue(goals.get(0).number() > attested, "after provisioning");
    }

    @Test
    void hostThatRefusesTelemetry_hurtsNothingElse_andGetsTheRestLater() throws IOException {
        host().fault(Map.of("service", "wireserver", "method", "POST", "path", "/machine/", "action", "answer", "status", 500));
        long mark = host().mark();
        Path events = startAgent();
        denyThrice();
        Lab.await("a document given up", PATIENCE, () -> uploads(mark) > 5);
        assertEquals(200, stage().talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)).status());
        denyThrice();
        assertEquals("SUCCESS", JSON.readTree(stage().talker(User.ROOT).ask(Network.WIRESERVER, 80,
                Request.get("/gpa-aggregated-status", Network.WIRESERVER).with("Metadata", "true")).body()).path("proxyAgentStatus").path("status").asText());

        host().endFaults();
        host().fault(Map.of("service", "wireserver", "method", "POST", "path", "/machine/", "action", "hang"));
        // Another program makes another identity; whether its event waits behind an upload that hangs or is in one, it is not through.
        assertEquals(403, lab().curl(lab().guest(User.NOBODY), "http://" + Network.IMDS + TOKEN, "Metadata: true").status());
        assertEquals(Optional.of(0), stage().agent().stop());
        Path file = onlyFile(events);
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(Files.readString(file).contains("curl"), Files.readString(file));

        host().endFaults();
        startAgent();
        awaitEvent("log_connection_summary", "curl");
        Lab.await("no event file", PATIENCE, () -> !Files.exists(file));
        assertEquals(0, host().telemetry().path("refused").asInt(), () -> refusals());
    }

    private Path startAgent() throws IOException {
        stage().take(Agent.start(lab(), lab().copyImage(Duration.ofMillis(200)), lab().config()));
        stage().awaitEndorsement(stage().talker(User.NOBODY));
        return lab().config().logFolder().resolve("events");
    }

    private void denyThrice() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertEquals(403, stage().talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(TOKEN)).status());
        }
    }

    private JsonNode awaitEvent(String taskName, String text) throws IOException {
        JsonNode[] found = new JsonNode[1];
        Lab.await("an event " + taskName + " with " + text, PATIENCE, () -> {
            found[0] = events().filter(event -> event.path("TaskName").asText().equals(taskName) && event.path("Context1").asText().contains(text))
                    .findFirst().orElse(null);
            return found[0] != null;
        });
        return found[0];
    }

    /** The parameters of all events. */
    private Stream<JsonNode> events() throws IOException {
        return StreamSupport.stream(host().telemetry().path("events").spliterator(), false).map(event -> event.path("parameters"));
    }

    private String refusals() {
        try {
            return host().telemetry().path("refusals").toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private long uploads(long mark) throws IOException {
        return host().since(mark).stream().filter(seen -> seen.target().equals(UPLOAD)).count();
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.get(0);
        }
    }

    private Host host() {
        return lab().host();
    }
}
