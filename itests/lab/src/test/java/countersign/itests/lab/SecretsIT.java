package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No key and no signature is written anywhere but into the file of its key, whatever happens and however much is logged. */
class SecretsIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String AUTHORIZATION = "x-ms-azure-host-authorization";
    private static final Request GET = Stage.imds(Stage.INSTANCE);
    private static final List<String> BAD_KEYS = List.of("key-malformed", "key-not-hex", "key-wrong-scheme");
    /** Their digits (host-simulator, fault presets); too short or no digits, so they are searched for as they are. */
    private static final List<String> BAD_KEY_TEXTS = List.of("b7e151628aed2a6a", "z7e151628aed2a6a");
    /** Of a shared access signature in a URL, as a client might send it to the wrong place. */
    private static final String SHARED = "5A5516".repeat(10) + "BEEF";
    /** A signature that a client made up. */
    private static final String FORGED = "5EC2E7".repeat(10) + "F00D";

    /** Of {@code coredump_filter}: anonymous private and shared mappings, huge pages of both kinds. */
    private static final int ANONYMOUS_MEMORY = 0x63;

    private final Leaks keys = new Leaks();
    private final Leaks signatures = new Leaks();
    private final List<String> answers = new ArrayList<>();
    private final List<Child> agents = new ArrayList<>();
    private Path everything;
    private Path live;
    private AgentConfig config;
    private Talker nobody;
    private Talker root;

    @BeforeAll
    void driveEverything() throws IOException {
        config = lab().config().with("fileLogLevel", "Trace").with("fileLogLevelForEvents", "Trace")
                .with("fileLogLevelForSystemEvents", "Trace").with("enableHttpProxyTrace", true);
        nobody = stage().talker(User.NOBODY);
        root = stage().talker(User.ROOT);
        latchAfterBadAnswers();
        ask();
        rotate();
        badStatus();
        restart();
        killAndLoseTheKey();
        ask();
        remember();
        everything = dump("-all");
        live = dump();
        agents.add(stage().agent().process());
        stage().agent().stop();
        for (Seen seen : host().since(0)) {
            seen.values(AUTHORIZATION).forEach(value -> signatures.add("signature of " + seen.method() + " " + seen.target(), value.split(" ")[2]));
        }
        signatures.add("forged signature", FORGED);
        signatures.add("shared access signature", SHARED);
    }

    @Test
    void secretsSeen_areManyAndOfAllKinds() throws IOException {
        assertEquals(3, keys.secrets(), "keys given out: at first, by rotation, after the loss");
        Map<String, Long> reasons = new TreeMap<>();
        List<Seen> all = host().since(0);
        all.forEach(seen -> reasons.merge(seen.reason(), 1L, Long::sum));
        assertTrue(signatures.secrets() > 20, signatures.secrets() + " signatures in " + reasons);
        assertTrue(all.stream().anyMatch(seen -> seen.target().endsWith("/key-attestation") && seen.status() == 403), "no attestation refused");
        assertTrue(all.stream().anyMatch(seen -> seen.target().endsWith("/key-attestation") && seen.status() == 200), "no attestation accepted");
    }

    @Test
    void logsEventsAndStatus_holdNoKeyAndNoSignature() throws IOException {
        List<Path> written = Leaks.files(lab().folder().resolve("log"));
        for (String expected : List.of("ProxyAgent.log", "ProxyAgent.Connection.log", "status.json", "agent.err", "agent.out")) {
            assertTrue(written.stream().anyMatch(file -> file.toString().endsWith(expected) && file.toFile().length() > 0), expected + " in " + written);
        }
        assertTrue(written.stream().anyMatch(file -> file.toString().matches(".*/events/[0-9]+\\.json")), "an event file in " + written);
        assertTrue(Files.readString(config.logFolder().resolve("ProxyAgent.log")).contains(" - received GET /metadata/identity/blob?sv=2024-11-04&[REDACTED]&se="));
        assertEquals(List.of(), keys.in(written));
        assertEquals(List.of(), signatures.in(written));
        for (Path file : written) {
            if (file.startsWith(config.logFolder()) || file.startsWith(lab().statusFolder()) || file.toString().contains("-agent.")) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                assertEquals(List.of(), BAD_KEY_TEXTS.stream().filter(text::contains).map(bad -> file + ": digits of a refused key").toList());
            }
        }
    }

    @Test
    void standardOutput_holdsNoKeyAndNoSignature() {
        List<String> lines = agents.stream().flatMap(agent -> agent.lines().stream()).map(Child.Line::text).toList();
        assertTrue(lines.stream().filter(line -> line.startsWith("countersign guarding")).count() >= 3, lines.toString());
        String text = String.join("\n", lines);
        assertEquals(List.of(), keys.in(text));
        assertEquals(List.of(), signatures.in(text));
    }

    @Test
    void answersToClients_holdNoKeyAndNoSignature() {
        String text = String.join("\n", answers);
        assertTrue(text.contains("\"keyLatchStatus\"") && text.contains("\"finished\"") && text.contains("decision"), text);
        assertEquals(List.of(), keys.in(text));
        assertEquals(List.of(), signatures.in(text));
    }

    @Test
    void keyText_isOnlyInTheFileOfItsKey() throws IOException {
        List<Path> written = new ArrayList<>(Leaks.files(config.file().getParent()));
        written.addAll(Leaks.files(lab().folder().resolve("run")));
        List<Path> own = config.keyFiles();
        assertTrue(own.contains(config.latchKeyFolder().resolve(host().latchedKey() + ".key")) && written.containsAll(own), own.toString());
        assertTrue(own.stream().allMatch(file -> file.getFileName().toString().matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.key")), own.toString());
        assertEquals(List.of(host().latchedKey() + ".key: " + "key as digits"),
                keys.in(List.of(config.latchKeyFolder().resolve(host().latchedKey() + ".key"))), "the search itself");
        written.removeAll(own);
        assertTrue(written.stream().anyMatch(file -> file.endsWith("provisioned.tag")), written.toString());
        assertEquals(List.of(), keys.in(written));
        assertEquals(List.of(), signatures.in(written));
    }

    @Test
    void heap_holdsNoDigitsAndTheBytesOfTheKeyOnce() throws IOException {
        for (Path dump : List.of(everything, live)) {
            String heap = Files.readString(dump, StandardCharsets.ISO_8859_1);
            assertEquals(List.of(), keys.in(heap), dump.getFileName() + ": text of one byte a character");
            assertEquals(List.of(), keys.in(heap.replace("\0", "")), dump.getFileName() + ": text of two bytes a character");
        }
        // Of what can be reached: what signing copies for a moment waits for the collector.
        String heap = Files.readString(live, StandardCharsets.ISO_8859_1);
        String key = new String(HexFormat.of().parseHex(host().latchedKeyText().toLowerCase(Locale.ROOT)), StandardCharsets.ISO_8859_1);
        assertTrue(heap.contains(key), "the search itself");
        assertEquals(heap.indexOf(key), heap.lastIndexOf(key), "a second copy of the key");
    }

    @Test
    void plantedSecrets_areFound() throws IOException {
        String key = host().latchedKeyText();
        Seen signed = host().proxiedSince(0).stream().filter(seen -> !seen.values(AUTHORIZATION).isEmpty()).findFirst().orElseThrow();
        String signature = signed.values(AUTHORIZATION).get(0).split(" ")[2];
        Path planted = lab().folder().resolve("planted.log");
        byte[] bytes = HexFormat.of().parseHex(key.toLowerCase(Locale.ROOT));
        try {
            for (String form : List.of(key.toUpperCase(Locale.ROOT), "x=" + key.toLowerCase(Locale.ROOT) + "ff",
                    java.util.Base64.getEncoder().encodeToString(bytes))) {
                Files.writeString(planted, "something before\n" + form + "\n");
                assertEquals(1, keys.in(List.of(planted)).size());
            }
            Files.writeString(planted, "signature " + signature.toUpperCase(Locale.ROOT));
            assertEquals(1, signatures.in(List.of(planted)).size());
            assertEquals(List.of(), keys.in(List.of(planted)));
        } finally {
            Files.delete(planted);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SEGV", "ABRT"})
    void crash_leavesNothingBehind(String signal) throws IOException {
        Path folder = Files.createDirectory(lab().folder().resolve("crash-" + signal));
        Agent crashing = Agent.startWithCores(lab(), stage().agent().bundles().getParent(), config, folder);
        crashing.untilGuarding();
        // Where the kernel hands cores to a program, no limit holds: core(5).
        int dumped = Integer.parseInt(Files.readString(Path.of("/proc/" + crashing.pid() + "/coredump_filter")).strip(), 16);
        assertEquals(0, dumped & ANONYMOUS_MEMORY, "memory that would be in a core: " + Integer.toHexString(dumped));
        Shell.run("kill", "-" + signal, Long.toString(crashing.pid()));
        assertTrue(crashing.process().waitFor(PATIENCE), "the agent still runs");
        assertEquals(List.of(), Leaks.files(folder));
    }

    private void latchAfterBadAnswers() throws IOException {
        host().serve(Policy.open("rules-1").reserve("imds", "/metadata/identity", "root").document());
        for (String fault : BAD_KEYS) {
            host().fault(fault, 1);
        }
        host().fault("attestation-refused", 1);
        stage().startAgent(config);
        Lab.await("a refused attestation", PATIENCE, () -> {
            remember();
            return host().since(0).stream().anyMatch(seen -> seen.target().endsWith("/key-attestation") && seen.status() == 403);
        });
        remember();
        stage().awaitEndorsement(nobody);
        remember();
    }

    /** Root's and ordinary, allowed and denied, with and without an authorization of the client's own. */
    private void ask() throws IOException {
        String replayed = host().proxiedSince(0).stream().flatMap(seen -> seen.values(AUTHORIZATION).stream()).findFirst().orElseThrow();
        String forged = "Azure-HMAC-SHA256 " + host().latchedKey() + " " + FORGED;
        for (Talker talker : List.of(nobody, root)) {
            int denied = talker == nobody ? 403 : 200;
            for (String own : List.of("", forged, replayed, "Azure-HMAC-SHA256 nonsense")) {
                expect(200, talker, Network.IMDS, 80, own(GET, own));
                expect(denied, talker, Network.IMDS, 80,
                        own(Stage.imds("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net"), own));
                expect(denied, talker, Network.WIRESERVER, 80, own(Stage.wireserver(Stage.GOAL_STATE), own));
                expect(denied, talker, Network.WIRESERVER, Stage.HOSTGA_PORT, own(Stage.hostga("/versions"), own));
            }
        }
        expect(403, nobody, Network.IMDS, 80, Stage.imds("/metadata/identity/blob?sv=2024-11-04&sig=" + SHARED + "&se=2030-01-01"));
        expect(200, root, Network.WIRESERVER, 80, Request.get("/gpa-aggregated-status", Network.WIRESERVER).with("Metadata", "true"));
        expect(200, nobody, "127.0.0.1", 3080, Request.get("/provision", "127.0.0.1:3080").with("Metadata", "true"));
    }

    private static Request own(Request request, String authorization) {
        return authorization.isEmpty() ? request : request.with(AUTHORIZATION, authorization);
    }

    private void expect(int status, Talker talker, String address, int port, Request request) throws IOException {
        Answer answer = talker.ask(address, port, request);
        answers.add(answer.fields() + "\n" + answer.text());
        assertEquals(status, answer.status(), () -> request.target() + ": " + answer.text());
    }

    private void rotate() throws IOException {
        host().fault("attestation-answer-lost", 1);
        String fresh = host().rotate();
        remember();
        Lab.await("the new key", PATIENCE, () -> {
            remember();
            return host().latchedKey().equals(fresh);
        });
        stage().awaitEndorsement(nobody);
        remember();
    }

    private void badStatus() throws IOException {
        host().fault("status-garbage", 1);
        host().awaitPolls(2, PATIENCE);
        remember();
    }

    private void restart() throws IOException {
        agents.add(stage().agent().process());
        stage().agent().stop();
        stage().startAgentAndAwaitEndorsement(config);
    }

    private void killAndLoseTheKey() throws IOException {
        agents.add(stage().agent().process());
        stage().agent().kill();
        Files.writeString(config.latchKeyFolder().resolve(host().latchedKey() + ".key"), "{\"guid\":");
        stage().take(Agent.start(lab(), imageToLookInto(), config));
        stage().awaitEndorsement(nobody);
        remember();
    }

    /** The image as it ships lets nobody attach. */
    private Path imageToLookInto() throws IOException {
        Path image = lab().copyImage();
        Path options = image.resolve("conf/jvm.options");
        Files.writeString(options, Files.readString(options).replace("-XX:+DisableAttachMechanism", ""));
        return image;
    }

    private Path dump(String... options) throws IOException {
        Path dump = lab().folder().resolve("heap" + options.length + ".hprof");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(stage().agent().pid()), "GC.heap_dump"));
        command.addAll(List.of(options));
        command.add(dump.toString());
        Shell.run(command.toArray(String[]::new));
        return dump;
    }

    private void remember() throws IOException {
        host().keyTexts().forEach(text -> keys.add("key", text));
    }

    private Host host() {
        return lab().host();
    }
}
