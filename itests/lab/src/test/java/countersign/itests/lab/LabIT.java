package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The lab itself, without an agent: what it says of others is worth as much as this. */
class LabIT {
    private static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";
    private static final Request GET = Request.get(INSTANCE, Network.IMDS).with("Metadata", "true");

    @Test
    void lab_withEverythingInIt_worksAndLeavesNothing() throws IOException {
        List<String> missing = Requirements.missingForLab(Checkout.here());
        assumeTrue(missing.isEmpty(), () -> String.join("; ", missing));
        Footprint before = Footprint.take();
        try (Lab lab = Lab.open(Checkout.here())) {
            curl_asOrdinaryUser_reachesHost(lab);
            processes_areWhereTheyShouldBe(lab);
            unsignedRequest_toEnforcingHost_isRefused(lab);
            load_againstHost_isCounted(lab);
            hostControls_fromGuest_areOutOfReach(lab);
        }
        assertEquals(Set.of(), before.awaitNothingMore(Duration.ofSeconds(30)));
    }

    private static void curl_asOrdinaryUser_reachesHost(Lab lab) throws IOException {
        long mark = lab.host().mark();
        Answer answer = lab.curl(lab.guest(User.NOBODY), "http://" + Network.IMDS + INSTANCE, "Metadata: true");
        assertEquals(200, answer.status());
        assertEquals(List.of("imds GET " + INSTANCE + " mode-disabled"), lab.host().since(mark).stream().map(LabIT::line).toList());
    }

    private static void processes_areWhereTheyShouldBe(Lab lab) throws IOException {
        Talker talker = lab.talker(lab.guest(new User(65534, 0)));
        assertEquals(200, talker.ask(Network.IMDS, 80, GET).status());
        Path process = Path.of("/proc", Long.toString(talker.pid()));
        String status = Files.readString(process.resolve("status"));
        assertTrue(status.contains("Uid:\t65534\t65534\t65534\t65534"), status);
        assertTrue(status.contains("Gid:\t0\t0\t0\t0"), status);
        assertTrue(Files.readString(process.resolve("cgroup")).contains(lab.guarded().folder().getFileName().toString()));
        Talker mapped = lab.defaultJavaTalker(lab.guest(User.ROOT));
        try (Talker.Line line = mapped.open(Network.IMDS, 80)) {
            String port = String.format(":%04X ", line.localPort());
            assertTrue(Files.readString(Path.of("/proc/" + mapped.pid() + "/net/tcp6")).contains(port), "an IPv6 socket");
        }
    }

    private static void unsignedRequest_toEnforcingHost_isRefused(Lab lab) throws IOException {
        lab.host().serve(Policy.open("rules-1").document());
        lab.host().installKey("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35", "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF");
        Answer answer = lab.talker(lab.guest(User.ROOT)).ask(Network.IMDS, 80, GET);
        assertEquals(401, answer.status());
        assertEquals("signature-missing", answer.values("x-simulated-host").get(0));
    }

    private static void load_againstHost_isCounted(Lab lab) throws IOException {
        lab.host().serve("audit");
        Load load = lab.load(lab.guest(User.NOBODY));
        for (boolean keepAlive : new boolean[] {true, false}) {
            load.start(new LoadPlan(Network.IMDS, 80, keepAlive, 4, 0, 600_000, List.of(
                    new LoadPlan.Shot(200, GET.bytes()), new LoadPlan.Shot(400, Request.get(INSTANCE, Network.IMDS).bytes()))));
            Lab.await("a hundred requests", Duration.ofSeconds(60), () -> load.count() > 100);
            LoadResult result = load.stop();
            assertEquals(0, result.failed() + result.misjudged(), result.firstFault());
            assertTrue(result.latencies().getTotalCount() > 100, () -> "requests: " + result.requests());
        }
        // With a warm-up, and to its end.
        load.start(new LoadPlan(Network.IMDS, 80, true, 1, 100, 300, List.of(new LoadPlan.Shot(200, GET.bytes()))));
        LoadResult whole = load.finish();
        assertEquals(0, whole.failed() + whole.misjudged(), whole.firstFault());
        load.start(new LoadPlan(Network.IMDS, 80, true, 1, 0, 600_000, List.of(new LoadPlan.Shot(403, GET.bytes()))));
        Lab.await("a request", Duration.ofSeconds(60), () -> load.count() > 0);
        LoadResult wrong = load.stop();
        assertEquals(wrong.requests(), wrong.misjudged());
        assertEquals("status 200 instead of 403", wrong.firstFault());
    }

    private static void hostControls_fromGuest_areOutOfReach(Lab lab) throws IOException {
        Talker guest = lab.talker(lab.guest(User.ROOT));
        assertThrows(IOException.class, () -> guest.open(Network.IMDS, 8088));
    }

    private static String line(Seen seen) {
        return seen.service() + " " + seen.method() + " " + seen.target() + " " + seen.reason();
    }
}
