package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever happens to the agent, nothing reaches the host without its signature. */
class RestartsIT extends LabTest {
    private static final LoadPlan.Shot GET = new LoadPlan.Shot(200, Stage.imds(Stage.INSTANCE).bytes());

    @BeforeAll
    void guard() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    @Test
    void killsAndRestartsUnderLoad_letNothingPastUnsigned() throws IOException {
        Map<String, Long> before = lab().host().counters("imds");
        Load load = lab().load(lab().guest(User.NOBODY));
        for (int i = 0; i < 3; i++) {
            load.start(new LoadPlan(Network.IMDS, 80, i % 2 == 0, 8, 0, 120_000, List.of(GET)));
            LoadResult result;
            try {
                more(load, "attempts with the first agent");
                stage().agent().kill();
                more(load, "attempts while there is no agent");
                stage().startAgentAndAwaitEndorsement(lab().config());
                more(load, "attempts with the new agent");
            } finally {
                result = load.stop();
            }
            assertTrue(result.failed() > 0 && result.ok() > 0, "failed " + result.failed() + ", served " + result.ok());
            assertEquals(0, result.misjudged(), result.firstFault());
        }
        Map<String, Long> verdicts = lab().host().counters("imds");
        before.forEach((reason, count) -> verdicts.merge(reason, -count, Long::sum));
        verdicts.values().removeIf(count -> count == 0);
        assertEquals(Set.of("verified"), verdicts.keySet());
    }

    private static void more(Load load, String what) throws IOException {
        long count = load.count();
        Lab.await(what, Duration.ofSeconds(20), () -> load.count() > count + 200);
    }

    @Test
    void secondAgent_refusesToStartAndHarmsNotTheFirst() throws IOException {
        Agent second = Agent.start(lab(), lab().copyImage(), lab().config());
        refusesOnce(second, "another agent, process " + stage().agent().pid() + ", guards this machine. Stop it first");
        assertTrue(stage().agent().process().alive());
        assertEquals("200 verified isRoot=false", stage().tell(() -> stage().talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }

    @Test
    void agentWithoutCgroup_saysWhatIsMissing() throws IOException {
        AgentConfig config = lab().config().with("cgroupRoot", "/nonexistent").with("pinFolder", lab().bpffs() + "/other");
        String missing = "connections cannot be guarded; missing: a cgroup v2 hierarchy at /nonexistent:"
                + " mount one (mount -t cgroup2 none FOLDER) and name it with cgroupRoot";
        stage().agent().stop();
        refusesOnce(Agent.start(lab(), lab().copyImage(), config), missing);
        assertFalse(Files.exists(lab().bpffs().resolve("other")), "something was pinned");
        assertEquals("STOPPED", status("ebpfProgramStatus").path("status").asText());
        assertEquals(missing, status("ebpfProgramStatus").path("message").asText());
        assertEquals("STOPPED the agent has stopped",
                status("proxyListenerStatus").path("status").asText() + " " + status("proxyListenerStatus").path("message").asText());
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    @Test
    void agentWithoutLibbpf_saysWhatToInstall() throws IOException {
        stage().agent().stop();
        Agent other = Agent.start(lab(), lab().copyImage(), lab().config().with("libbpfPath", "/nonexistent/libbpf.so.1"));
        refusesOnce(other, "/nonexistent/libbpf.so.1 cannot be loaded. Install libbpf 1.0 or newer (Debian, Ubuntu: apt-get install libbpf1;"
                + " Azure Linux: tdnf install libbpf), or name one with libbpfPath");
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    /** One line to the journal, the same in the log, the launcher's last word, and no more: not a stack, not a repetition. */
    private static void refusesOnce(Agent agent, String reason) throws IOException {
        assertTrue(agent.process().waitFor(Duration.ofSeconds(20)), "the agent still runs");
        assertEquals(Optional.of(3), agent.process().exit());
        String error = "[ERROR]   countersign.interception.linux.InterceptionComponent: interception cannot start: " + reason;
        List<String> said = new ArrayList<>(Files.readAllLines(agent.process().errors()));
        said.removeIf(line -> line.contains(" INFO countersign.configuration.AgentConfiguration ")); // before there is a log
        said.removeIf(line -> line.contains(" uses " + agent.config().latchKeyFolder() + ": stop it first")); // found at the same time
        assertEquals(2, said.size(), () -> String.join("\n", said));
        assertTrue(said.get(0).endsWith(error), said.get(0));
        assertEquals("countersign: cannot guard: " + reason, said.get(1));
        List<String> logged = Files.readAllLines(agent.config().logFolder().resolve("ProxyAgent.log"));
        assertEquals(1, logged.stream().filter(line -> line.endsWith(error)).count(), () -> String.join("\n", logged));
    }

    private JsonNode status(String module) throws IOException {
        return new ObjectMapper().readTree(lab().statusFolder().resolve("status.json").toFile()).path("proxyAgentStatus").path(module);
    }
}
