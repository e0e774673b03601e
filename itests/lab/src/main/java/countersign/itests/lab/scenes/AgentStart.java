package countersign.itests.lab.scenes;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** From exec to the first endorsed answer. */
final class AgentStart {
    private AgentStart() {}

    static List<Scene> scenes() {
        return List.of(new Scene("the agent starts", "host saw status, key, attestation; interception attached; answers endorsed",
                AgentStart::start));
    }

    private static Observation start(Stage stage) throws IOException {
        stage.host().serve(Policy.open("rules-1").document());
        long mark = stage.host().mark();
        Duration endorsed = stage.startAgentAndAwaitEndorsement(stage.lab().config());
        Agent agent = stage.agent();
        String note = String.format("listening after %d ms, guarding after %d ms, first endorsed answer after %d ms; %s",
                agent.untilListening().toMillis(), agent.untilGuarding().toMillis(), endorsed.toMillis(), agent.memory());
        String order = String.join(", ", Seen.channelSteps(stage.host().since(mark))).replaceFirst(", status$", "");
        return new Observation("host saw " + order + "; interception " + (pinned(stage) ? "attached" : "missing") + "; answers endorsed", note);
    }

    /** Whether the links are pinned: interception then outlives the agent. */
    private static boolean pinned(Stage stage) throws IOException {
        try (Stream<Path> pins = Files.walk(stage.lab().bpffs())) {
            return pins.anyMatch(pin -> pin.getFileName().toString().contains("connect4"));
        }
    }
}
