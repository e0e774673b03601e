package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.time.Duration;
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
        assertTrue(second.process().waitFor(Duration.ofSeconds(20)), "the second agent still runs");
        assertEquals(Optional.of(3), second.process().exit());
        String said = second.process().lastWords();
        assertTrue(said.contains("cannot guard") && said.contains(Long.toString(stage().agent().pid())), said);
        assertTrue(stage().agent().process().alive());
        assertEquals("200 verified isRoot=false", stage().tell(() -> stage().talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }

    @Test
    void agentWithoutCgroup_saysWhatIsMissing() throws IOException {
        stage().agent().stop();
        Agent other = Agent.start(lab(), lab().copyImage(), lab().config().with("cgroupRoot", "/nonexistent").with("pinFolder", lab().bpffs() + "/other"));
        assertTrue(other.process().waitFor(Duration.ofSeconds(20)), "the agent still runs");
        assertEquals(Optional.of(3), other.process().exit());
        assertTrue(other.process().lastWords().contains("/nonexistent"), other.process().lastWords());
        assertFalse(java.nio.file.Files.exists(lab().bpffs().resolve("other")), "something was pinned");
        stage().startAgentAndAwaitEndorsement(lab().config());
    }
}
