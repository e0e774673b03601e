package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/**
 * A guest of its own whose host takes connections and never answers. Its deadline of two minutes passes while other tests run: open it before
 * them, judge it after them.
 */
final class SilentHostGuest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Request PROVISION = Request.get("/provision", "127.0.0.1:3080").with("Metadata", "true");
    private static final String WHY = "keyLatchStatus - Failed to get the key status: wireserver GET /secure-channel/status: no complete answer within 15 s";

    /** Said until the first poll has failed; on a slow machine that can be before anybody asks. */
    private static final String STARTED = "keyLatchStatus - Key keeper started.";

    private final Lab lab;
    private final AgentConfig config;
    private final Agent agent;
    private final Instant started;
    private final Talker nobody;
    /** What boot does: asks and waits for the outcome. */
    private final Child status;
    private final List<Object> atFirst;

    private SilentHostGuest(Lab lab) throws IOException {
        this.lab = lab;
        lab.host().serve(Policy.open("rules-1").document());
        lab.host().fault(Map.of("service", "wireserver", "path", "/secure-channel/*", "action", "hang"));
        config = lab.config();
        started = Instant.now();
        agent = lab.startAgent(lab.copyImage(), config);
        agent.untilGuarding();
        nobody = lab.talker(lab.guest(User.NOBODY));
        status = lab.start("status", lab.guest(User.ROOT), Map.of(), agent.statusCommand("--wait", "300"));
        atFirst = List.of(provision(), Shell.attempt(lab.guest(User.ROOT).command(agent.statusCommand())), tagsExist());
    }

    static SilentHostGuest open() throws IOException {
        Lab lab = Lab.open(Checkout.here());
        try {
            return new SilentHostGuest(lab);
        } catch (IOException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    void assertWasUnfinishedAtFirst() {
        assertEquals(List.of("{\"finished\":false,\"errorMessage\":\"" + STARTED + "\\r\\n\"}", new Shell.Result(1, "not finished: " + STARTED + "\n"), false),
                atFirst.stream().map(one -> one instanceof String said ? said.replace(WHY, STARTED)
                        : one instanceof Shell.Result result ? new Shell.Result(result.exit(), result.output().replace(WHY, STARTED)) : one).toList());
    }

    /** Waits for the deadline: its moment, the tag files, the answer, the command. */
    void assertFinishedByTheDeadline() throws IOException {
        assertTrue(status.waitFor(Duration.ofSeconds(150)), "countersign status still waits");
        assertEquals(2, status.exit().orElseThrow());
        assertEquals(List.of("not finished: " + WHY, WHY),
                status.lines().stream().map(Child.Line::text).filter(line -> !line.equals("not finished: " + STARTED)).toList());
        assertEquals("{\"finished\":true,\"errorMessage\":\"" + WHY + "\\r\\n\"}", provision());
        awaitStatusTag(WHY + "\r\n");
        Duration took = Duration.between(started, LocalDateTime.parse(tag("provisioned.tag")).toInstant(ZoneOffset.UTC));
        assertTrue(took.toSeconds() >= 120 && took.toSeconds() < 150, "until the deadline: " + took);
    }

    /** A caller that comes now asks for an outcome of its own: the old one is taken back. When the host is well again there is a new one. */
    void assertNotifiedAgain_itFinishesAnew() throws IOException {
        assertEquals(1, Shell.attempt(lab.guest(User.ROOT).command(agent.statusCommand())).exit());
        Lab.await("the outcome to be taken back", PATIENCE, () -> provision().equals("{\"finished\":false,\"errorMessage\":\"" + WHY + "\\r\\n\"}"));
        lab.host().endFaults();
        assertEquals(new Shell.Result(0, "finished\n"), last(Shell.attempt(lab.guest(User.ROOT).command(agent.statusCommand("--wait", "60")))));
        awaitStatusTag("");
        assertEquals("{\"finished\":true,\"errorMessage\":\"\"}", provision());
    }

    private static Shell.Result last(Shell.Result result) {
        return new Shell.Result(result.exit(), result.output().substring(result.output().lastIndexOf('\n', result.output().length() - 2) + 1));
    }

    private String provision() throws IOException {
        return new ObjectMapper().readTree(nobody.ask("127.0.0.1", 3080, PROVISION).body()).toString();
    }

    private boolean tagsExist() {
        return Files.exists(config.latchKeyFolder().resolve("provisioned.tag")) || Files.exists(config.latchKeyFolder().resolve("status.tag"));
    }

    /** Those who ask learn of the outcome before the files are written, of which this is the last. */
    private void awaitStatusTag(String text) throws IOException {
        Lab.await("status.tag with '" + text + "'", PATIENCE,
                () -> Files.exists(config.latchKeyFolder().resolve("status.tag")) && tag("status.tag").equals(text));
    }

    private String tag(String name) throws IOException {
        Path file = config.latchKeyFolder().resolve(name);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        return Files.readString(file);
    }

    @Override
    public void close() {
        lab.close();
    }
}
