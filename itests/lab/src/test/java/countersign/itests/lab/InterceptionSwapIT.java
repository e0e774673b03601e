package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.BundleCopy;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bundle that holds the kernel is replaced while connections are made. */
class InterceptionSwapIT extends LabTest {
    private static final String BUNDLE = "countersign.interception.linux";

    @Test
    void newInThenOldOut_losesAndMisjudgesNothing() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
        Agent agent = stage().agent();
        Path old = agent.bundle(BUNDLE);
        Path newer = BundleCopy.withVersion(old, "0.1.1", lab().folder());
        Load load = lab().load(lab().guest(User.NOBODY));
        load.start(new LoadPlan(Network.IMDS, 80, false, 8, 0, 600_000, List.of(new LoadPlan.Shot(200, Stage.imds(Stage.INSTANCE).bytes()))));
        more(load);
        agent.drop(newer);
        agent.awaitBundle(BUNDLE, "0.1.1", "started");
        more(load);
        Files.delete(old);
        agent.awaitBundle(BUNDLE, "0.1.0", "stopped");
        more(load);
        LoadResult result = load.stop();
        assertTrue(result.ok() > 3_000, "served " + result.ok());
        assertEquals(0, result.failed() + result.misjudged(), result::firstFault);
    }

    private static void more(Load load) throws IOException {
        long from = load.count();
        Lab.await("requests of the load", Duration.ofSeconds(60), () -> load.count() >= from + 1_000);
    }
}
