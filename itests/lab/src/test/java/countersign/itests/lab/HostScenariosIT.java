package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Load;
import countersign.itests.lab.client.LoadPlan;
import countersign.itests.lab.client.LoadResult;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The scenarios of host-endpoints.md section 10, by their numbers; 14 is {@link SigningVectorsIT}. Each starts with a host and an agent that have
 * not met, and is logged as finely as can be: in the end no key and no signature may have been written. The deadline of scenario 8 passes in a
 * guest of its own meanwhile.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostScenariosIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Request GET = Stage.imds(Stage.INSTANCE);
    private static final String AUTHORIZATION = "x-ms-azure-host-authorization";

    private final Leaks secrets = new Leaks();
    private AgentConfig config;
    private Talker nobody;
    private int number;
    private SilentHostGuest silent;

    @BeforeAll
    void openSilentHostGuest() throws IOException {
        silent = SilentHostGuest.open();
    }

    @AfterAll
    void closeSilentHostGuest() throws IOException {
        if (silent != null) {
            silent.close();
            assertNoSecretWasWritten();
        }
    }

    @BeforeEach
    void fresh() throws IOException {
        host().reset();
        config = lab().config().withKeysIn("scenario-" + ++number).with("fileLogLevel", "Trace").with("fileLogLevelForSystemEvents", "Trace");
        nobody = stage().talker(User.NOBODY);
    }

    @AfterEach
    void stopAgent() throws IOException {
        stage().killAgent();
        remember();
    }

    @Test
    void s01_channelOff_nothingIsLatchedOrRedirected() throws IOException {
        host().serve("disabled");
        long mark = host().mark();
        stage().startAgent(config);
        awaitProvisioned();
        host().awaitPolls(2, PATIENCE);
        assertEquals(List.of("status"), Seen.channelSteps(host().since(mark)));
        assertEquals(List.of(), config.keyFiles());
        assertEquals("200 direct", way(nobody.ask(Network.IMDS, 80, GET)));
    }

    @Test
    void s02_switchedOn_latchesOnce() throws IOException {
        host().serve("disabled");
        stage().startAgent(config);
        awaitProvisioned();
        long mark = host().mark();
        host().serve(Policy.open("rules-1").document());
        stage().awaitEndorsement(nobody);
        host().awaitPolls(2, PATIENCE);
        assertEquals(List.of("status", "key", "attestation", "status"), Seen.channelSteps(host().since(mark)));
        assertEquals(List.of(host().latchedKey() + ".key"), keyFileNames());
    }

    @Test
    void s03_restartWithKeyFile_asksForStatusOnly() throws IOException {
        latch();
        stage().agent().stop();
        long mark = host().mark();
        stage().startAgentAndAwaitEndorsement(config);
        assertEquals(List.of("status"), Seen.channelSteps(host().since(mark)));
    }

    @Test
    void s04_keyFileDeleted_newKeyIsAttested() throws IOException {
        latch();
        String first = host().latchedKey();
        stage().agent().stop();
        Files.delete(config.keyFiles().get(0));
        long mark = host().mark();
        stage().startAgentAndAwaitEndorsement(config);
        host().awaitPolls(1, PATIENCE);
        assertEquals(List.of("status", "key", "attestation", "status"), Seen.channelSteps(host().since(mark)));
        assertNotEquals(first, host().latchedKey());
    }

    @Test
    void s05_rotationUnderLoad_neverMixesKeyAndGuid() throws IOException {
        latch();
        String old = host().latchedKey();
        long mark = host().mark();
        Map<String, Long> before = host().counters("imds");
        Load load = lab().load(lab().guest(User.NOBODY));
        load.start(new LoadPlan(Network.IMDS, 80, true, 2, 0, 600_000, List.of(new LoadPlan.Shot(200, GET.bytes()))));
        String fresh = host().rotate();
        Lab.await("the new key to be latched", PATIENCE, () -> host().latchedKey().equals(fresh));
        long count = load.count();
        Lab.await("requests with the new key", PATIENCE, () -> load.count() > count + 100);
        LoadResult result = load.stop();
        Map<String, Long> verdicts = host().counters("imds");
        before.forEach((reason, sum) -> verdicts.merge(reason, -sum, Long::sum));
        // Requests that were on their way when the host took up the new key come too late for the old one; nothing else may be refused.
        long late = verdicts.getOrDefault("key-unknown", 0L);
        assertEquals(0, result.failed(), result.firstFault());
        assertEquals(late, result.misjudged(), result.firstFault());
        assertEquals(result.requests(), verdicts.getOrDefault("verified", 0L) + late, verdicts.toString());
        List<String> keys = host().proxiedSince(mark).stream().map(Seen::keyGuid).toList();
        assertEquals(List.of(old, fresh), keys.stream().distinct().toList());
        long stragglers = keys.subList(keys.indexOf(fresh), keys.size()).stream().filter(old::equals).count();
        assertTrue(stragglers <= 1, "the other client may have had one on its way: " + stragglers);
    }

    @Test
    void s06_attestationRefusedOnce_keyIsUsedOnlyAfterTheSecond() throws IOException {
        host().serve(Policy.open("rules-1").document());
        host().fault("attestation-refused", 1);
        long mark = host().mark();
        stage().startAgentAndAwaitEndorsement(config);
        List<Seen> seen = host().since(mark);
        assertEquals(List.of("status", "key", "attestation 403", "status", "key", "attestation"),
                Seen.channelSteps(seen).stream().limit(6).toList());
        long attested = seen.stream().filter(one -> one.target().endsWith("/key-attestation") && one.status() == 200).findFirst().orElseThrow().number();
        assertEquals(List.of(), seen.stream().filter(one -> !one.secureChannel() && one.number() < attested && !one.values(AUTHORIZATION).isEmpty()).toList());
    }

    @Test
    void s07_badKeyDocuments_areRefusedWithoutATrace() throws IOException {
        host().serve(Policy.open("rules-1").document());
        for (String fault : List.of("key-malformed", "key-guid-path", "key-not-hex", "key-odd-length", "key-guid-zero", "key-wrong-scheme")) {
            host().fault(fault, 1);
        }
        stage().startAgentAndAwaitEndorsement(config);
        assertEquals(List.of(host().latchedKey() + ".key"), keyFileNames());
        assertFalse(Files.exists(Path.of("/tmp/escaped.key")), "a file outside the key folder");
        for (String text : List.of("Z7E151628AED2A6A", "B7E151628AED2A6A", "B7E15\"", host().latchedKeyText())) {
            assertEquals(List.of(), logsWith(text), "files with a key's text");
        }
    }

    @Test
    void s08_statusFails_lastStateStays() throws IOException {
        latch();
        for (String fault : List.of("status-500", "status-garbage", "status-not-json", "status-unknown-version", "status-cut", "status-truncated",
                "status-huge", "status-hang")) {
            host().fault(fault, 1);
        }
        long mark = host().mark();
        Lab.await("eight bad answers and a good one", Duration.ofMinutes(3), () -> {
            assertEquals("200 verified isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
            return host().since(mark).stream().filter(seen -> seen.target().endsWith("/status")).count() >= 9;
        });
        assertEquals(List.of("status"), Seen.channelSteps(host().since(mark)));
        assertEquals(1, config.keyFiles().size());
    }

    /** The last one, because two minutes have to be over. */
    @Test
    @Order(Integer.MAX_VALUE)
    void s08_hostSilentForTwoMinutes_deadlineFires() throws IOException {
        silent.assertWasUnfinishedAtFirst();
        silent.assertFinishedByTheDeadline();
        silent.assertNotifiedAgain_itFinishesAnew();
    }

    @Test
    void s09_onOffOn_keyFileIsUsedAgain() throws IOException {
        latch();
        String key = host().latchedKey();
        long mark = host().mark();
        host().serve("disabled");
        Lab.await("the direct way", PATIENCE, () -> way(nobody.ask(Network.IMDS, 80, GET)).equals("200 direct"));
        assertEquals(List.of(key + ".key"), keyFileNames());
        host().serve(Policy.open("rules-1").document());
        stage().awaitEndorsement(nobody);
        assertEquals(List.of("status"), Seen.channelSteps(host().since(mark)));
        assertEquals(key, host().latchedKey());
    }

    @Test
    void s10_modeChangedUnderTheSameId_isApplied() throws IOException {
        host().serve(Policy.open("same").service("imds", "audit", "deny", "same").document());
        stage().startAgentAndAwaitEndorsement(config);
        assertEquals("200 verified isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
        host().serve(Policy.open("same").service("imds", "enforce", "deny", "same").document());
        host().awaitPolls(2, PATIENCE);
        assertEquals("403, nothing reached the host", stage().tell(() -> nobody.ask(Network.IMDS, 80, GET)));
    }

    @Test
    void s11_clientsOwnAuthorization_neverReachesTheHost() throws IOException {
        latch();
        String forged = "Azure-HMAC-SHA256 " + host().latchedKey() + " " + "0".repeat(64);
        Talker root = stage().talker(User.ROOT);
        long mark = host().mark();
        assertEquals(200, root.ask(Network.IMDS, 80, GET.with(AUTHORIZATION, forged)).status());
        Request upload = new Request("PUT", "/vmAgentLog", List.of(), new byte[] {1}).with("Host", Network.WIRESERVER)
                .with("Content-Length", "1").with(AUTHORIZATION, forged);
        assertEquals(200, root.ask(Network.WIRESERVER, 80, upload).status());
        List<Seen> seen = host().proxiedSince(mark);
        assertEquals(List.of("verified", "exempt"), seen.stream().map(Seen::reason).toList());
        assertEquals(List.of(List.of(1, false), List.of(0, false)),
                seen.stream().map(one -> List.of(one.values(AUTHORIZATION).size(), one.values(AUTHORIZATION).contains(forged))).toList());
    }

    @Test
    void s12_unsignedPastTheAgent_isRefusedByTheHost() throws IOException {
        latch();
        Talker past = lab().talker(lab().unguarded(User.ROOT));
        assertEquals("401 signature-missing", stage().tell(() -> past.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));
    }

    @Test
    void s13_hostAnHourAhead_isFollowed() throws IOException {
        host().shiftClock(Duration.ofHours(1));
        latch();
        long mark = host().mark();
        assertEquals(200, nobody.ask(Network.IMDS, 80, GET).status());
        String date = host().proxiedSince(mark).get(0).values("x-ms-azure-host-date").get(0);
        Instant sent = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration ahead = Duration.between(Instant.now(), sent);
        assertTrue(ahead.toSeconds() > 3_540 && ahead.toSeconds() < 3_660, "seconds ahead: " + ahead.toSeconds());
    }

    private Host host() {
        return lab().host();
    }

    private void latch() throws IOException {
        host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(config);
        remember();
    }

    /** The keys and signatures of the present scenario, of which nothing may be found at the end. */
    private void remember() throws IOException {
        for (String text : host().keyTexts()) {
            secrets.add("key", text);
        }
        for (Seen seen : host().since(0)) {
            for (String value : seen.values(AUTHORIZATION)) {
                secrets.add("signature of " + seen.method() + " " + seen.target(), value.split(" ")[2]);
            }
        }
    }

    private void assertNoSecretWasWritten() throws IOException {
        assertTrue(secrets.secrets() > 20, "secrets known: " + secrets.secrets());
        List<Path> written = Leaks.files(lab().folder().resolve("log"));
        for (String expected : List.of("ProxyAgent.log", "ProxyAgent.Connection.log", "status.json", "agent.err", "agent.out")) {
            assertTrue(written.stream().anyMatch(file -> file.toString().endsWith(expected)), expected + " in " + written);
        }
        assertEquals(List.of(), secrets.in(written));
    }

    private void awaitProvisioned() throws IOException {
        Request query = Request.get("/provision", "127.0.0.1:3080").with("Metadata", "true");
        Lab.await("provisioning to finish", PATIENCE, () -> {
            try {
                return nobody.ask("127.0.0.1", 3080, query).text().equals("{\"finished\":true,\"errorMessage\":\"\"}");
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static String way(Answer answer) {
        return answer.status() + (answer.forwardedByAgent() ? " through the agent" : " direct");
    }

    private List<String> keyFileNames() throws IOException {
        return config.keyFiles().stream().map(file -> file.getFileName().toString()).toList();
    }

    private List<String> logsWith(String text) throws IOException {
        try (Stream<Path> logs = Files.walk(lab().folder().resolve("log"))) {
            return logs.filter(Files::isRegularFile).filter(file -> {
                try {
                    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1).contains(text);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }).map(Path::toString).toList();
        }
    }
}
