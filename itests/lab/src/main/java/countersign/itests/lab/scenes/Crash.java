package countersign.itests.lab.scenes;

import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The agent goes, and comes back. */
final class Crash {
    private static final String REFUSED = "Operation not permitted, nothing reached the host";

    private Crash() {}

    static List<Scene> scenes() {
        return List.of(
                new Scene("the agent is killed (SIGKILL)", "nobody: IMDS " + REFUSED + "; root: WireServer " + REFUSED + "; HostGAPlugin " + REFUSED,
                        Crash::kill),
                new Scene("the agent is restarted", "same key, not asked for again; IMDS 200 verified isRoot=false", Crash::restart),
                new Scene("the agent is stopped (SIGTERM)", "exit status 0; nobody: IMDS " + REFUSED, Crash::stop));
    }

    private static Observation kill(Stage stage) throws IOException {
        stage.agent().kill();
        String imds = stage.tell(() -> stage.talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)));
        String wireserver = stage.tell(() -> stage.talker(User.ROOT).ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE)));
        String plugin = stage.tell(() -> stage.talker(User.ROOT).ask(Network.WIRESERVER, Stage.HOSTGA_PORT, Stage.hostga("/versions")));
        return Observation.of("nobody: IMDS " + imds + "; root: WireServer " + wireserver + "; HostGAPlugin " + plugin);
    }

    private static Observation restart(Stage stage) throws IOException {
        String key = stage.host().latchedKey();
        long mark = stage.host().mark();
        Duration endorsed = stage.startAgentAndAwaitEndorsement(stage.lab().config());
        boolean asked = stage.host().since(mark).stream().anyMatch(seen -> seen.secureChannel() && !seen.target().endsWith("/status"));
        String imds = stage.tell(() -> stage.talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)));
        List<String> keys = stage.host().proxiedSince(mark).stream().map(Seen::keyGuid).distinct().toList();
        return new Observation((keys.equals(List.of(key)) ? "same key" : "another key") + (asked ? ", asked for again" : ", not asked for again")
                + "; IMDS " + imds, "first endorsed answer after " + endorsed.toMillis() + " ms");
    }

    private static Observation stop(Stage stage) throws IOException {
        long before = System.nanoTime();
        Optional<Integer> exit = stage.agent().stop();
        long millis = (System.nanoTime() - before) / 1_000_000;
        String imds = stage.tell(() -> stage.talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)));
        return new Observation(exit.map(code -> "exit status " + code).orElse("had to be killed after 30 s") + "; nobody: IMDS " + imds,
                "stopped after " + millis + " ms");
    }
}
