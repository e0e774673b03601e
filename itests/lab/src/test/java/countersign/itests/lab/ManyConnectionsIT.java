package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many connections from several processes and users at once, each attributed to its own caller: a mix-up would show as a wrong status. */
class ManyConnectionsIT extends LabTest {
    private static final int EACH = 5_000;
    private static final int THREADS = 16;
    private static final Request TOKEN =
            Stage.imds("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.example/");
    private static final Request GOAL_STATE = Stage.wireserver(Stage.GOAL_STATE);

    @Test
    void connections_fromFourUsersInFourProcesses_areAllAttributedRightly() throws IOException {
        lab().host().serve(Policy.open("rules-1").reserve("imds", "/metadata/identity", "daemon").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
        lab().host().awaitPolls(2, Duration.ofSeconds(60));
        lab().host().journal(0);
        long before = verified();
        List<Load> loads = List.of(load(User.NOBODY, Network.WIRESERVER, 403, GOAL_STATE), load(new User(2, 2), Network.IMDS, 403, TOKEN),
                load(User.ROOT, Network.WIRESERVER, 200, GOAL_STATE), load(new User(1, 1), Network.IMDS, 200, TOKEN));
        LoadResult total = null;
        for (Load load : loads) {
            Lab.await(EACH + " connections of one user", Duration.ofMinutes(5), () -> load.count() >= EACH);
            LoadResult result = load.stop();
            total = total == null ? result : total.plus(result);
        }
        System.out.printf("%d connections from %d threads in %d processes and users: %d failed, %d misjudged, %d served, %d of them verified%n",
                total.requests(), THREADS * loads.size(), loads.size(), total.failed(), total.misjudged(), total.ok(), verified() - before);
        assertTrue(total.requests() >= 4 * EACH);
        assertEquals(0, total.failed() + total.misjudged(), total.firstFault());
        assertEquals(total.ok(), verified() - before);
        noRecordStays();
    }

    private void noRecordStays() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/bpftool")), "bpftool: not installed, so the tables are not looked into");
        stage().agent().stop();
        for (String map : List.of("flows", "accepted")) {
            Lab.await("an empty table " + map, Duration.ofSeconds(60),
                    () -> Shell.run("/usr/sbin/bpftool", "map", "dump", "pinned", pin(map).toString()).matches("(?s)(\\[\\]|.*Found 0 elements).*"));
        }
    }

    private Path pin(String map) throws IOException {
        try (Stream<Path> pins = Files.walk(lab().bpffs())) {
            return pins.filter(pin -> pin.getFileName().toString().equals(map)).findFirst().orElseThrow();
        }
    }

    private Load load(User user, String address, int status, Request request) throws IOException {
        Load load = lab().load(lab().guest(user));
        load.start(new LoadPlan(address, 80, false, THREADS, 0, 1_200_000, List.of(new LoadPlan.Shot(status, request.bytes()))));
        return load;
    }

    private long verified() throws IOException {
        return lab().host().counters("imds").getOrDefault("verified", 0L) + lab().host().counters("wireserver").getOrDefault("verified", 0L);
    }
}
