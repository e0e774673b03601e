package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.agent.AgentConfig;
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
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A machine on which the reference agent has been: what it left is used as it is. The files are made by hand from secure-channel.md
 * sections 8 and 12 and authorization.md section 9.
 */
class UpgradeIT extends LabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String OTHER_GUID = "8b1f4a02-6e3d-47c9-b5a8-0d2c9e7f1634";
    private static final String KEY = "b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef";
    private static final String OTHER_KEY = "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89";
    private static final String TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
    private static final Instant LONG_AGO = Instant.parse("2024-01-02T03:04:05Z");

    private AgentConfig config;
    private Talker nobody;
    private Talker root;
    private int number;

    @BeforeEach
    void layOut() throws IOException {
        host().reset();
        nobody = stage().talker(User.NOBODY);
        root = stage().talker(User.ROOT);
        config = lab().config().withKeysIn("reference-" + ++number);
        folder(config.latchKeyFolder());
        tag("provisioned.tag", "2024-01-02T03:04:05.678");
        tag("status.tag", "keyLatchStatus - Failed to acquire key details: &lt;none&gt;\r\n");
    }

    @AfterEach
    void stopAgent() throws IOException {
        stage().agent().stop();
    }

    @ParameterizedTest(name = "incarnation {0}, byte order mark {1}, canonicalRequestMode {2}")
    @CsvSource({"7, true, Shadow", ", false, Off"})
    void filesOfTheReference_areUsedAsTheyAre(String incarnation, boolean byteOrderMark, String canonicalRequestMode) throws IOException {
        String document = keyDocument(GUID, KEY, incarnation);
        key(GUID, document);
        key(OTHER_GUID, keyDocument(OTHER_GUID, OTHER_KEY, null));
        configuration(byteOrderMark, canonicalRequestMode);
        host().installKey(GUID, KEY.toUpperCase(java.util.Locale.ROOT));
        host().serve(Policy.open("rules-1").document());
        long mark = host().mark();

        stage().startAgentAsItIs(config);
        stage().awaitEndorsement(nobody);
        awaitTags();

        List<Seen> seen = host().since(mark);
        assertEquals(List.of("status"), Seen.channelSteps(seen), "neither a new key nor an attestation");
        assertEquals(List.of(GUID), seen.stream().map(Seen::keyGuid).filter(guid -> !guid.isEmpty()).distinct().toList());
        assertEquals(document, Files.readString(keyFile(GUID)), "the key file stays as it was");
        assertEquals("200 verified isRoot=true", stage().tell(() -> root.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));
        String status = root.ask(Network.WIRESERVER, 80, Request.get("/gpa-aggregated-status", Network.WIRESERVER).with("Metadata", "true")).text();
        assertTrue(status.contains("\"keyGuid\":\"" + GUID + "\""), status);
        assertEquals(incarnation != null, status.contains("\"keyIncarnationId\":\"" + incarnation + "\""), status);
        assertEquals("", Files.readString(config.latchKeyFolder().resolve("status.tag")), "the error of long ago");
        for (String tag : List.of("provisioned.tag", "status.tag")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(config.latchKeyFolder().resolve(tag))));
        }
        assertTrue(Files.readString(config.latchKeyFolder().resolve("provisioned.tag")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
    }

    @Test
    void localRulesWithMarker_areInForce() throws IOException {
        key(GUID, keyDocument(GUID, KEY, "7"));
        configuration(false, "Shadow");
        localRules("IMDS_Rules.json");
        host().installKey(GUID, KEY);
        String marked = Base64.getEncoder().encodeToString("{\"id\":\"sig-imds\",\"useLocalFileRules\":true}".getBytes(StandardCharsets.UTF_8));
        host().serve(Policy.open("rules-1").service("imds", "enforce", "allow", marked).document());

        stage().startAgentAsItIs(config);
        stage().awaitEndorsement(nobody);

        assertEquals("403, nothing reached the host", stage().tell(() -> nobody.ask(Network.IMDS, 80, Stage.imds(TOKEN))));
        assertEquals("200 verified isRoot=true", stage().tell(() -> root.ask(Network.IMDS, 80, Stage.imds(TOKEN))));
        assertEquals("200 verified isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
        assertTrue(newestSnapshot().contains("sig-imds-useLocalFileRules-true_admin-1"), newestSnapshot());
        String status = root.ask(Network.WIRESERVER, 80, Request.get("/gpa-aggregated-status", Network.WIRESERVER).with("Metadata", "true")).text();
        assertTrue(status.contains("\"imdsRuleId\":\"" + marked + "\""), status);
    }

    @Test
    void localRulesWithoutMarker_areNot() throws IOException {
        key(GUID, keyDocument(GUID, KEY, null));
        configuration(true, "Shadow");
        localRules("IMDS_Rules.json");
        host().installKey(GUID, KEY);
        host().serve(Policy.open("rules-1").document());

        stage().startAgentAsItIs(config);
        stage().awaitEndorsement(nobody);

        assertEquals("200 verified isRoot=false", stage().tell(() -> nobody.ask(Network.IMDS, 80, Stage.imds(TOKEN))));
    }

    /** As the reference ships it: its own members, in its order, and one that nobody reads. */
    private void configuration(boolean byteOrderMark, String canonicalRequestMode) throws IOException {
        String text = """
                {
                  "logFolder": "%s",
                  "eventFolder": "%s",
                  "latchKeyFolder": "%s",
                  "monitorIntervalInSeconds": 60,
                  "pollKeyStatusIntervalInSeconds": 1,
                  "hostGAPluginSupport": 1,
                  "ebpfProgramName": "ebpf_cgroup.o",
                  "cgroupRoot": "%s",
                  "fileLogLevel": "Trace",
                  "fileLogLevelForEvents": "Info",
                  "canonicalRequestMode": "%s",
                  "pinFolder": "%s"
                }
                """.formatted(config.logFolder(), config.logFolder().resolve("events"), config.latchKeyFolder(), lab().guarded().folder(),
                canonicalRequestMode, lab().bpffs().resolve("countersign"));
        Files.writeString(config.file(), (byteOrderMark ? "\uFEFF" : "") + text);
    }

    private static String keyDocument(String guid, String key, String incarnation) {
        return "{\n  \"authorizationScheme\": \"Azure-HMAC-SHA256\",\n  \"guid\": \"" + guid + "\",\n"
                + (incarnation == null ? "" : "  \"incarnationId\": " + incarnation + ",\n")
                + "  \"issued\": \"2024-01-02T03:04:05Z\",\n  \"key\": \"" + key + "\"\n}";
    }

    private void key(String guid, String document) throws IOException {
        Files.writeString(keyFile(guid), document);
        Files.setPosixFilePermissions(keyFile(guid), PosixFilePermissions.fromString("rw-------"));
        Files.setLastModifiedTime(keyFile(guid), FileTime.from(LONG_AGO));
    }

    private Path keyFile(String guid) {
        return config.latchKeyFolder().resolve(guid + ".key");
    }

    private void tag(String name, String content) throws IOException {
        Path tag = config.latchKeyFolder().resolve(name);
        Files.writeString(tag, content);
        Files.setLastModifiedTime(tag, FileTime.from(LONG_AGO));
    }

    /** Only root may have tokens; everything else stays as the host says. */
    private void localRules(String name) throws IOException {
        Path file = folder(config.latchKeyFolder().resolveSibling("rules")).resolve(name);
        Files.writeString(file, """
                {
                  "defaultAccess": "allow",
                  "id": "admin-1",
                  "rules": {
                    "privileges": [{"name": "tokens", "path": "/metadata/identity/oauth2/token"}],
                    "roles": [{"name": "token-readers", "privileges": ["tokens"]}],
                    "identities": [{"name": "root", "userName": "root"}],
                    "roleAssignments": [{"role": "token-readers", "identities": ["root"]}]
                  }
                }
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static Path folder(Path folder) throws IOException {
        Files.createDirectories(folder);
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private void awaitTags() throws IOException {
        for (String tag : List.of("provisioned.tag", "status.tag")) {
            Lab.await(tag + " to be written anew", PATIENCE,
                    () -> Files.getLastModifiedTime(config.latchKeyFolder().resolve(tag)).toInstant().isAfter(LONG_AGO));
        }
    }

    private String newestSnapshot() throws IOException {
        try (Stream<Path> files = Files.list(lab().statusFolder())) {
            Path newest = files.filter(file -> file.getFileName().toString().startsWith("AuthorizationRules_")).max(Path::compareTo).orElseThrow();
            return Files.readString(newest);
        }
    }

    private Host host() {
        return lab().host();
    }
}
