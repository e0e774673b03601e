package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A user who opens all the connections he can, by either way, and keeps them. */
class CrowdIT extends LabTest {
    private static final Request GET = Stage.imds(Stage.INSTANCE);
    private static final User FLOODING = new User(1, 1);
    private static final User OTHER = new User(2, 2);
    private static final int HALF = 512;

    @Test
    void floodingUser_stopsNeitherRootNorOthers() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
        Talker flooding = stage().talker(FLOODING);
        long begin = System.nanoTime();
        List<Talker.Line> redirected = open(flooding, 700, Network.IMDS, 80);
        open(flooding, 300, "127.0.0.1", 3080);

        Answer refused = redirected.get(699).receive(false);
        assertEquals(503, refused.status());
        assertEquals(List.of("close"), refused.values("connection"));
        for (User user : List.of(OTHER, User.ROOT)) {
            List<Talker.Line> lines = open(stage().talker(user), 20, Network.IMDS, 80);
            for (Talker.Line line : lines) {
                assertEquals("200 verified isRoot=" + user.equals(User.ROOT), stage().tell(() -> line.ask(GET)));
            }
        }
        assertEquals(200, stage().talker(User.ROOT)
                .ask("127.0.0.1", 3080, Request.get("/provision", "127.0.0.1:3080").with("Metadata", "true")).status());
        assertEquals("200 verified isRoot=false", stage().tell(() -> redirected.get(HALF - 10).ask(GET)), "what he had he keeps");

        List<String> log = Files.readAllLines(lab().config().logFolder().resolve("ProxyAgent.log"));
        long said = log.stream().filter(line -> line.endsWith("connection of user 1 refused: too many connections of this user")).count();
        assertTrue(said >= 1 && said <= 1 + (System.nanoTime() - begin) / 60_000_000_000L, "once a minute: " + log);

        for (Talker.Line line : redirected) {
            line.close();
        }
        Lab.await("a place for him", Duration.ofSeconds(60),
                () -> "200 verified isRoot=false".equals(stage().tell(() -> flooding.ask(Network.IMDS, 80, GET))));
    }

    private static List<Talker.Line> open(Talker talker, int count, String address, int port) throws IOException {
        List<Talker.Line> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(talker.open(address, port));
        }
        return lines;
    }
}
