package countersign.itests.lab.scenes;

import countersign.itests.lab.Lab;
import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.BundleCopy;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What changes while requests flow. */
final class Changes {
    private static final String EXPORTER = "countersign.itests.sample.exporter";
    private static final String ENGINE = "countersign.authorization.engine";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Reserved for root by {@link #reserved}. */
    private static final String TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.example/";

    private Changes() {}

    static List<Scene> scenes() {
        return List.of(
                new Scene("the host changes policy under an open connection", "200 verified isRoot=false; then 403, nothing reached the host",
                        Changes::policy),
                new Scene("an exporter is dropped in and removed again", "the next event arrived; after removal none; missing in the connection log: 0",
                        Changes::exporter),
                new Scene("the authorization bundle is replaced under load", "failed 0, misjudged 0, not verified by the host 0; old version gone",
                        Changes::engine));
    }

    private static Observation policy(Stage stage) throws IOException {
        try (Talker.Line line = stage.talker(User.NOBODY).open(Network.IMDS, 80)) {
            String before = stage.tell(() -> line.ask(Stage.imds(Stage.INSTANCE)));
            serve(stage, Policy.open("rules-2").service("imds", "enforce", "deny", "rules-2"));
            String after = stage.tell(() -> line.ask(Stage.imds(Stage.INSTANCE)));
            serve(stage, Policy.open("rules-3"));
            return Observation.of(before + "; then " + after);
        }
    }

    private static Observation exporter(Stage stage) throws IOException {
        Agent agent = stage.agent();
        Path export = agent.config().logFolder().resolve("sample-exporter.log");
        List<String> asked = new ArrayList<>();
        ask(stage, asked);
        Path jar = agent.drop(stage.lab().checkout().sampleExporter());
        agent.awaitBundle(EXPORTER, "0.1.0", "started");
        String during = ask(stage, asked);
        Lab.await("the next event in the connection log", PATIENCE, () -> logged(agent, during));
        boolean next = awaited(export, during);
        Files.delete(jar);
        agent.awaitBundle(EXPORTER, "0.1.0", "stopped");
        String after = ask(stage, asked);
        Lab.await("the last event in the connection log", PATIENCE, () -> logged(agent, after));
        List<String> log = agent.auditLines();
        long missing = asked.stream().filter(marker -> log.stream().noneMatch(line -> line.contains(marker))).count();
        return Observation.of("the next event " + (next ? "arrived" : "did not arrive") + "; after removal "
                + (arrived(export, after) ? "more" : "none") + "; missing in the connection log: " + missing);
    }

    private static Observation engine(Stage stage) throws IOException {
        Agent agent = stage.agent();
        serve(stage, reserved());
        Path old = agent.bundle(ENGINE);
        Path newer = BundleCopy.withVersion(old, "0.1.1", stage.lab().folder());
        long verified = stage.host().counters("imds").getOrDefault("verified", 0L);
        Load load = stage.lab().load(stage.lab().guest(User.NOBODY));
        load.start(new LoadPlan(Network.IMDS, 80, true, 8, 0, 600_000, List.of(
                new LoadPlan.Shot(200, Stage.imds(Stage.INSTANCE).bytes()), new LoadPlan.Shot(403, Stage.imds(TOKEN).bytes()))));
        more(load);
        agent.drop(newer);
        agent.awaitBundle(ENGINE, "0.1.1", "started");
        Files.delete(old);
        agent.awaitBundle(ENGINE, "0.1.0", "stopped");
        more(load);
        LoadResult result = load.stop();
        long unverified = result.ok() - (stage.host().counters("imds").getOrDefault("verified", 0L) - verified);
        serve(stage, Policy.open("rules-5"));
        String text = "failed " + result.failed() + ", misjudged " + result.misjudged() + ", not verified by the host " + unverified
                + "; old version gone";
        return new Observation(text, result.requests() + " requests" + (result.firstFault().isEmpty() ? "" : "; first: " + result.firstFault()));
    }

    /** Lets the load go on for a good number of requests. */
    private static void more(Load load) throws IOException {
        long from = load.count();
        Lab.await("requests of the load", PATIENCE, () -> load.count() >= from + 1_000);
    }

    private static Policy reserved() {
        return Policy.open("rules-4").reserve("imds", "/metadata/identity", "root");
    }

    /** The second poll after a change begins when the first has been acted upon. */
    private static void serve(Stage stage, Policy policy) throws IOException {
        stage.host().serve(policy.document());
        stage.host().awaitPolls(2, PATIENCE);
    }

    /** Asks for something nobody else asks for and returns the marker in it. */
    private static String ask(Stage stage, List<String> asked) throws IOException {
        String marker = "scene=" + (asked.size() + 1) + ".";
        asked.add(marker);
        stage.talker(User.NOBODY).ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE + "&" + marker));
        return marker;
    }

    private static boolean logged(Agent agent, String marker) throws IOException {
        return agent.auditLines().stream().anyMatch(line -> line.contains(marker));
    }

    private static boolean arrived(Path file, String marker) throws IOException {
        return Files.exists(file) && Files.readString(file).contains(marker);
    }

    private static boolean awaited(Path file, String marker) throws IOException {
        try {
            Lab.await(marker + " in " + file.getFileName(), PATIENCE, () -> arrived(file, marker));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
