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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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
            load.start(new LoadPlan(Network.IMDS, 80, i % 2 == 0, 8, 0, 600_000, List.of(GET)));
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
        Lab.await(what, Duration.ofSeconds(60), () -> load.count() > count + 200);
    }

    @Test
    void secondAgent_refusesToStartAndHarmsNotTheFirst() throws IOException {
        Agent second = Agent.start(lab(), lab().copyImage(), lab().config());
        assertTrue(second.process().waitFor(Duration.ofSeconds(60)), "the second agent still runs");
        assertEquals(Optional.of(3), second.process().exit());
        assertEquals(List.of(runs(stage().agent())), Files.readAllLines(second.process().errors()));
        assertFirstServes();
    }

    @Test
    void secondAgentWithAnotherRunFolder_isRefusedByTheKernelsRecordOfTheFirst() throws IOException {
        Path run = Files.createDirectory(lab().folder().resolve("run-2"));
        refusesOnce(Agent.start(lab(), lab().copyImage(), lab().config(), run),
                "another agent, process " + stage().agent().pid() + ", guards this machine. Stop it first");
        assertFirstServes();
    }

    private void assertFirstServes() throws IOException {
        assertTrue(stage().agent().process().alive());
        assertEquals("200 verified isRoot=false", stage().tell(() -> stage().talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }

    private static String runs(Agent first) {
        return "countersign: cannot guard: another agent, process " + first.pid()
                + ", runs on this machine; stop it first (systemctl stop azure-proxy-agent), then start this one again";
    }

    @Test
    void twoAgentsInTheSameInstant_oneServesAndTheOtherSaysWhy() throws IOException {
        Path run = lab().folder().resolve("run-of-both");
        race(10, Map.of(lab().copyImage(), run, lab().copyImage(), run), (winner, said) -> {
            assertEquals(List.of(runs(winner)), said);
            assertEquals(List.of("countersign.lock"), names(run));
        });
    }

    /** Nothing is locked before the kernel and the key folder, of which each may get one. */
    @Test
    void twoAgentsWithOwnRunFoldersInTheSameInstant_oneServesAndTheOtherSaysWhy() throws IOException {
        Path run = lab().folder();
        race(5, Map.of(lab().copyImage(), run.resolve("run-of-one"), lab().copyImage(), run.resolve("run-of-other")), (winner, said) -> {
            String last = said.get(said.size() - 1);
            assertTrue(last.startsWith("countersign: cannot guard: another agent") && last.contains("process " + winner.pid()), last);
        });
    }

    private void race(int rounds, Map<Path, Path> imagesAndRunFolders, Outcome outcome) throws IOException {
        stage().agent().stop();
        for (int round = 0; round < rounds; round++) {
            // Every other round there is a key to be latched as well.
            AgentConfig config = lab().config().withKeysIn("race-" + rounds + "-" + round / 2);
            config.write();
            List<Agent> agents = new ArrayList<>(Agent.waiting(lab(), imagesAndRunFolders, config));
            for (Agent agent : agents) {
                agent.go();
            }
            Lab.await("the end of one of the two", Duration.ofSeconds(60), () -> agents.stream().anyMatch(agent -> !agent.process().alive()));
            Agent loser = agents.stream().filter(agent -> !agent.process().alive()).findFirst().orElseThrow();
            agents.remove(loser);
            Agent winner = agents.get(0);
            assertEquals(Optional.of(3), loser.process().exit());
            assertEquals(List.of("waiting"), loser.process().lines().stream().map(Child.Line::text).toList(), "it neither listened nor guarded");
            stage().take(winner);
            stage().awaitEndorsement(stage().talker(User.NOBODY));
            Shell.run(lab().guest(User.ROOT).command(winner.statusCommand("--wait", "60")).toArray(String[]::new));
            Path tag = config.latchKeyFolder().resolve("status.tag"); // written after those who asked have been told
            Lab.await("an empty status.tag", Duration.ofSeconds(60), () -> Files.exists(tag) && Files.readString(tag).isEmpty());
            assertEquals(1, config.keyFiles().size());
            assertEquals(Optional.of(0), winner.stop());
            outcome.check(winner, Files.readAllLines(loser.process().errors()));
        }
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    /** What is to be said of a race: who won, and what the other said. */
    @FunctionalInterface
    private interface Outcome {
        void check(Agent winner, List<String> said) throws IOException;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
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
        assertTrue(agent.process().waitFor(Duration.ofSeconds(60)), "the agent still runs");
        assertEquals(Optional.of(3), agent.process().exit());
        String error = "[ERROR]   countersign.interception.linux.InterceptionComponent: interception cannot start: " + reason;
        List<String> said = new ArrayList<>(Files.readAllLines(agent.process().errors()));
        said.removeIf(line -> line.contains(" INFO countersign.configuration.AgentConfiguration ")); // before there is a log
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
