package countersign.itests.lab.scenes;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
        String note = String.format("listening after %d ms, guarding after %d ms, first endorsed answer after %d ms",
                agent.untilListening().toMillis(), agent.untilGuarding().toMillis(), endorsed.toMillis());
        String order = String.join(", ", steps(stage.host().since(mark)));
        return new Observation("host saw " + order + "; interception " + (pinned(stage) ? "attached" : "missing") + "; answers endorsed", note);
    }

    /** The agent's own steps up to the attestation; a status that was asked for repeatedly is one step. */
    private static List<String> steps(List<Seen> seen) {
        List<String> steps = new ArrayList<>();
        for (Seen one : seen) {
            if (!one.secureChannel()) {
                continue;
            }
            String step = one.target().endsWith("/key-attestation") ? "attestation" : one.target().endsWith("/key") ? "key" : "status";
            if (steps.isEmpty() || !steps.get(steps.size() - 1).equals(step)) {
                steps.add(step);
            }
            if (step.equals("attestation")) {
                break;
            }
        }
        return steps;
    }

    /** Whether the links are pinned: interception then outlives the agent. */
    private static boolean pinned(Stage stage) throws IOException {
        try (Stream<Path> pins = Files.walk(stage.lab().bpffs())) {
            return pins.anyMatch(pin -> pin.getFileName().toString().contains("connect4"));
        }
    }
}
