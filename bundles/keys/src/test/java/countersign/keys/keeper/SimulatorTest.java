package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endorsement.Endorser;
import countersign.endpoint.Endpoint;
import countersign.hmac.RealEndorser;
import countersign.host.HostClient;
import countersign.host.HostClock;
import countersign.host.HostRequest;
import countersign.host.HostResponse;
import countersign.host.client.RealClient;
import countersign.keys.ChannelState;
import countersign.keys.keeper.document.KeyStatus;
import countersign.keys.vault.file.RealVault;
import countersign.policy.RuleDocument;
import countersign.request.HeaderField;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped client, endorser and vault with the secure channel between them, against the host simulator, which verifies with code of its own
 * (host-endpoints.md section 10; the scenarios that need other processes' requests are played elsewhere).
 */
@Timeout(300)
class SimulatorTest {
    private static final String STATUS = "GET /secure-channel/status unsigned-endpoint 200";
    private static final List<String> LATCH =
            List.of(STATUS, "POST /secure-channel/key unsigned-endpoint 200", "POST /secure-channel/key/GUID/key-attestation verified 200");

    /** For an exchange: passes in no test. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static SimulatedHost host;

    @TempDir Path temp;
    private Path folder;
    private Duration whole = LONG;
    private HostClock clock;
    private HostClient client;
    private Recorder recorder;
    private SecureChannel channel;

    @BeforeAll
    static void startHost() throws IOException {
        host = new SimulatedHost("enforce");
    }

    @AfterAll
    static void stopHost() {
        host.close();
    }

    @BeforeEach
    void freshHostAndAgent() throws Exception {
        host.control("POST", "/reset", "");
        host.control("DELETE", "/keys", "");
        host.journal();
        folder = temp.resolve("keys");
        restart();
    }

    @Test
    void channelOff_asksForNoKey() throws Exception {
        host.control("POST", "/disable", "");
        channel.poll();
        assertEquals(List.of(STATUS), host.journal());
        assertEquals(List.of(), files());
        assertEquals(KeyStatus.DISABLED, recorder.report.channelState());
        assertEquals(1, recorder.latched);
        assertEquals(Set.of(), recorder.redirected);
    }

    @Test
    void offToOn_latchesInOrder_once() throws Exception {
        host.control("POST", "/disable", "");
        channel.poll();
        host.control("POST", "/enable", "");
        host.journal();
        channel.poll();
        assertEquals(LATCH, host.journal());
        assertEquals(List.of(guid() + ".key"), files());
        channel.poll();
        assertEquals(List.of(STATUS), host.journal());
    }

    @Test
    void restartWithFile_asksForTheStatusOnly() throws Exception {
        channel.poll();
        String guid = guid();
        host.journal();
        restart();
        channel.poll();
        assertEquals(List.of(STATUS), host.journal());
        assertEquals(guid, guid());
    }

    @Test
    void folderOfTheReferenceAgent_isUsedAsItIs() throws Exception {
        String guid = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
        List<String> names = List.of("0f0e0d0c-0b0a-0908-0706-050403020100.key", guid + ".key", "provisioned.tag", "status.tag");
        for (String name : names) {
            try (InputStream sample = getClass().getResourceAsStream("/reference/keys/" + name)) {
                Files.copy(sample, folder.resolve(name));
            }
            Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("rw-------"));
        }
        host.control("PUT", "/keys", "{\"guid\":\"" + guid + "\",\"key\":\"B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF\"}");
        channel.poll();
        assertEquals(guid, guid());
        assertEquals(names, files());
        HostResponse answer = client.send(new HostRequest(Endpoint.WIRESERVER, "GET", "/machine?comp=goalstate",
                List.of(new HeaderField("x-ms-version", "2012-11-30")), new byte[0], new HostRequest.Signing.IfLatched()));
        assertEquals(200, answer.status());
        assertEquals(List.of(STATUS, "GET /machine?comp=goalstate verified 200"), host.journal());
    }

    @Test
    void deletedFile_leadsToANewKey() throws Exception {
        channel.poll();
        String guid = guid();
        Files.delete(folder.resolve(guid + ".key"));
        host.journal();
        restart();
        channel.poll();
        assertEquals(LATCH, host.journal());
        assertFalse(guid.equals(guid()));
    }

    @Test
    void rotation_isFollowed_andTheOldKeySignsUntilThen() throws Exception {
        channel.poll();
        ChannelState before = recorder.state;
        String next = host.control("POST", "/rotate", "").strip().replaceAll(".*\"guid\":\"([^\"]+)\".*", "$1");
        host.control("POST", "/faults?preset=key-refused&count=1", "");
        channel.poll();
        assertSame(before.key().orElseThrow(), recorder.state.key().orElseThrow());
        channel.poll();
        assertEquals(next, guid());
        assertEquals(2, files().size());
    }

    @Test
    void refusedAttestation_isMadeUpForNextTurn() throws Exception {
        host.control("POST", "/faults?preset=attestation-refused&count=1", "");
        channel.poll();
        assertTrue(recorder.state.key().isEmpty());
        channel.poll();
        assertTrue(recorder.state.key().isPresent());
        assertEquals(List.of(guid() + ".key"), files());
    }

    @Test
    void lostAttestationAnswer_isMadeUpForNextTurn() throws Exception {
        host.control("POST", "/faults?preset=attestation-answer-lost&count=1", "");
        channel.poll();
        assertTrue(recorder.state.key().isEmpty());
        host.journal();
        channel.poll();
        assertEquals(List.of(STATUS, "POST /secure-channel/key/GUID/key-attestation verified 200"), host.journal());
        assertEquals(List.of(guid() + ".key"), files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-refused", "key-malformed", "key-guid-path", "key-guid-zero", "key-not-hex", "key-odd-length", "key-wrong-scheme"})
    void badKeyDocument_leavesNothing(String preset) throws Exception {
        host.control("POST", "/faults?preset=" + preset + "&count=1", "");
        channel.poll();
        assertTrue(recorder.state.key().isEmpty());
        assertEquals(List.of(), files());
        try (Stream<Path> around = Files.list(temp)) {
            assertEquals(List.of(folder), around.toList());
        }
        channel.poll();
        assertTrue(recorder.state.key().isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status-500", "status-garbage", "status-not-json", "status-incomplete", "status-unknown-version", "status-wrong-scheme",
            "status-vtpm", "status-huge", "status-hang", "status-cut", "status-truncated"})
    void badStatus_changesNothing(String preset) throws Exception {
        channel.poll();
        ChannelState state = recorder.state;
        ChannelReport report = recorder.report;
        host.control("POST", "/faults?preset=" + preset + "&count=1", "");
        whole = preset.equals("status-hang") ? Duration.ofSeconds(1) : LONG;
        channel.poll();
        whole = LONG;
        assertSame(state, recorder.state);
        assertEquals(report, recorder.report);
        assertTrue(recorder.message.startsWith("Failed to get the key status: "), recorder.message);
        host.control("DELETE", "/faults", "");
        channel.poll();
        assertEquals(state.key().orElseThrow(), recorder.state.key().orElseThrow());
    }

    @Test
    void onOffOn_forgetsAndLoadsAgain() throws Exception {
        channel.poll();
        String guid = guid();
        host.control("POST", "/disable", "");
        channel.poll();
        assertTrue(recorder.state.key().isEmpty());
        assertEquals(List.of(guid + ".key"), files());
        host.control("POST", "/enable", "");
        host.journal();
        channel.poll();
        assertEquals(guid, guid());
        assertEquals(List.of(STATUS), host.journal());
    }

    @Test
    void clockOneHourAhead_isFollowedByOwnRequests() throws Exception {
        host.control("PUT", "/clock", "{\"offsetSeconds\":3600}");
        channel.poll();
        assertEquals(LATCH, host.journal());
        Duration ahead = Duration.between(Instant.now(), clock.now());
        assertTrue(ahead.compareTo(Duration.ofMinutes(59)) > 0 && ahead.compareTo(Duration.ofMinutes(61)) < 0, ahead.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit", "wireserver", "wireserverandimds"})
    void everyPreset_isLatched(String preset) throws Exception {
        host.control("PUT", "/status-document?preset=" + preset, "");
        channel.poll();
        assertEquals(LATCH, host.journal());
        channel.poll();
        assertEquals(guid(), recorder.report.key().orElseThrow().guid());
    }

    private void restart() throws IOException {
        recorder = new Recorder();
        clock = RealClient.clock();
        Endorser endorser = RealEndorser.over(() -> recorder.state, clock::httpDate);
        client = request -> RealClient.to(host.wireserver(), endorser, whole).send(request);
        channel = new SecureChannel(
                client, clock::observe, RealVault.in(folder, step -> {}), recorder, System::nanoTime, 1_000_000_000L);
    }

    private String guid() {
        return recorder.state.key().orElseThrow().guid();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static final class Recorder implements ChannelOutput {
        private volatile ChannelState state = ChannelState.UNKNOWN;
        private ChannelReport report = ChannelReport.START;
        private Set<Endpoint> redirected = Set.of();
        private String message = "";
        private int latched;

        @Override
        public void channel(ChannelState next) {
            state = next;
        }

        @Override
        public void rules(RuleDocument rules) {}

        @Override
        public void redirect(Set<Endpoint> wanted) {
            redirected = wanted;
        }

        @Override
        public void latched() {
            latched++;
        }

        @Override
        public void reset() {}

        @Override
        public void report(ChannelReport next) {
            report = next;
        }

        @Override
        public void message(String text) {
            message = text;
        }

        @Override
        public void success(String text) {
            message = text;
        }

        @Override
        public void notice(NoticeEvent.Level level, String name, String text) {}
    }
}
