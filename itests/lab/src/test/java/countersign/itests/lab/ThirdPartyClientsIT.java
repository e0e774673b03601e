package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Software that knows nothing of the agent works through it, unmodified: waagent and cloud-init of Debian, and a program with the
 * azure-identity library.
 *
 * <p>What of them cannot run here, and is switched off or left out: of waagent, provisioning (a DVD, accounts, SSH keys), DHCP (not
 * tried: the route is there), dmidecode (no firmware tables), the systemd slices and iptables rules, automatic update, and
 * certificates (the host has none for it); of cloud-init, recognising the platform by DMI, the DHCP lease it wants before it calls
 * IMDS, reading {@code ovf-env.xml}, and keys from certificates. Therefore of cloud-init the datasource's own methods are called.
 */
class ThirdPartyClientsIT extends LabTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String WAAGENT = "WALinuxAgent/";
    private static final String CLOUD_INIT = "Cloud-Init/";
    private static final String EXTENSION = "Simulated.Host.Greeter";
    private static final String STORAGE = "http://" + Network.WIRESERVER + "/storage/";

    @BeforeAll
    void guard() throws IOException {
        host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    /** The daemon as it is: protocol detection, goal state, an extension from the host, its status, health and telemetry. */
    @Test
    void waagent_asRoot_installsAnExtensionAndReportsItsStatus() throws IOException {
        DebianClient waagent = waagent();
        Set<Path> before = traces();
        long mark = host().mark();
        Child daemon = lab().start("waagent", lab().guest(User.ROOT), waagent.environment(), waagent.confined(
                waagent.program("usr/sbin/waagent", "-daemon", "-configuration-path:" + configuration(waagent.work()))));
        daemon.await(0, line -> line.endsWith("Extension status: [('" + EXTENSION + "', 'success')]"), "the extension's success", PATIENCE);

        assertTrue(Files.readString(waagent.work().resolve("lib/GoalState.1.xml")).contains("<Incarnation>1</Incarnation>"));
        assertTrue(Files.readString(waagent.work().resolve("lib/ExtensionsConfig.1.xml")).contains(EXTENSION));
        JsonNode handler = uploadedStatus().at("/aggregateStatus/handlerAggregateStatus/0");
        assertEquals(List.of(EXTENSION, "1.0.0", "Ready", "success", "hello"),
                Stream.of("/handlerName", "/handlerVersion", "/status", "/runtimeSettingsStatus/settingsStatus/status/status",
                        "/runtimeSettingsStatus/settingsStatus/status/formattedMessage/message")
                        .map(member -> handler.at(member).asText()).toList());

        Set<String> expected = Set.of("wireserver GET comp=versions", "wireserver GET comp=goalstate",
                "wireserver GET comp=config&type=hostingEnvironmentConfig", "wireserver GET comp=config&type=sharedConfig",
                "wireserver GET comp=config&type=extensionsConfig", "wireserver GET comp=certificates", "wireserver POST comp=health",
                "wireserver POST /HealthService", "hostga GET /vmSettings", "hostga GET /versions", "hostga GET /extensionArtifact",
                "hostga PUT /status", "imds GET /metadata/instance/compute");
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(from(WAAGENT, mark).stream().map(ThirdPartyClientsIT::kind).toList());
        assertEquals(Set.of(), missing);
        Lab.await("telemetry", PATIENCE, () -> from(WAAGENT, mark).stream().anyMatch(
                seen -> kind(seen).equals("wireserver POST comp=telemetrydata") && seen.bodyLength() > 0));

        daemon.stop(Duration.ofSeconds(5));
        assertEquals(Set.of("verified isRoot=true"), verdicts(from(WAAGENT, mark)));
        // Storage is out of its reach, as without a way out; everything else has to succeed.
        assertEquals(Set.of("wireserver GET /storage/greeter-manifest.xml 404"),
                from(WAAGENT, mark).stream().filter(seen -> seen.status() != 200 && seen.status() != 304)
                        .map(seen -> kind(seen) + " " + seen.status()).collect(Collectors.toSet()));
        assertEquals(before, traces(), "changed on this machine");
    }

    @Test
    void waagentsWireClient_asOrdinaryUser_isRefused() throws IOException {
        DebianClient waagent = waagent();
        long mark = host().mark();
        List<String> said = run(User.NOBODY, waagent, waagent.script("waagent-versions.py"));
        assertEquals("[ProtocolError] [Wireserver Exception] [ProtocolError] [Wireserver Failed] URI http://168.63.129.16/?comp=versions "
                + " [HTTP Failed] Status Code 403", said.get(said.size() - 1));
        assertEquals(List.of(), from(WAAGENT, mark));
    }

    @Test
    void cloudInit_asRoot_readsMetadataAndReportsReady() throws IOException {
        DebianClient cloudInit = cloudInit();
        long mark = host().mark();
        List<String> said = run(User.ROOT, cloudInit, cloudInit.script("cloud-init.py", cloudInit.work().toString(), "metadata", "ready"));
        assertEquals("simulated-vm", JSON.readTree(said.get(0)).at("/compute/name").asText());
        assertEquals("ready", said.get(1));
        assertEquals(List.of("imds GET /metadata/instance", "wireserver GET comp=goalstate", "wireserver POST comp=health"),
                from(CLOUD_INIT, mark).stream().map(ThirdPartyClientsIT::kind).toList());
        assertEquals(Set.of("verified isRoot=true"), verdicts(from(CLOUD_INIT, mark)));
    }

    @Test
    void cloudInit_asOrdinaryUser_readsMetadataButNotTheGoalState() throws IOException {
        DebianClient cloudInit = cloudInit();
        long mark = host().mark();
        List<String> said = run(User.NOBODY, cloudInit, cloudInit.script("cloud-init.py", "/nonexistent", "metadata", "goal-state"));
        assertEquals("simulated-vm", JSON.readTree(said.get(0)).at("/compute/name").asText());
        assertEquals("403", said.get(1));
        assertEquals(List.of("imds GET /metadata/instance"), from(CLOUD_INIT, mark).stream().map(ThirdPartyClientsIT::kind).toList());
        assertEquals(Set.of("verified isRoot=false"), verdicts(from(CLOUD_INIT, mark)));
    }

    @Test
    void azureIdentity_asOrdinaryUser_getsItsToken() throws IOException {
        Path built = lab().checkout().root().resolve("itests/azure-identity/target/lib");
        assumeTrue(Files.isDirectory(built), "itests/azure-identity/target/lib: not built; run ./countersign build");
        Path lib = lab().folder().resolve("azure-identity");
        Checkout.copy(built, lib);
        long mark = host().mark();
        Child program = lab().start("azure-identity", lab().guest(User.NOBODY), Map.of(), List.of(Lab.javaProgram(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp", lib + "/*",
                "countersign.itests.azure.identity.TokenMain", "https://vault.azure.net/.default"));
        String[] words = program.await(0, line -> line.contains(" "), "a token", PATIENCE).text().split(" ");
        assertTrue(Instant.parse(words[0]).isAfter(Instant.now()), words[0]);
        JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(words[1].split("\\.")[1]));
        assertEquals("https://vault.azure.net", claims.path("aud").asText());
        List<Seen> seen = from("azsdk-java-", mark);
        assertEquals(List.of("imds GET /metadata/identity/oauth2/token"), seen.stream().map(ThirdPartyClientsIT::kind).toList());
        assertEquals(Set.of("verified isRoot=false"), verdicts(seen));
    }

    private Host host() {
        return lab().host();
    }

    private DebianClient waagent() throws IOException {
        return DebianClient.take(lab(), "waagent", List.of("distro", "pkg_resources"));
    }

    private DebianClient cloudInit() throws IOException {
        return DebianClient.take(lab(), "cloud-init",
                List.of("configobj", "jinja2", "jsonpatch", "jsonschema", "netifaces", "oauthlib", "requests", "serial", "yaml"));
    }

    /** Debian's configuration, except for what would take hold of this machine, its folders, and the pace. */
    private static Path configuration(Path work) throws IOException {
        Files.createDirectory(work.resolve("lib"));
        List<String> lines = new ArrayList<>(List.of("Extensions.Enabled=y", "Extensions.GoalStatePeriod=1",
                "Extensions.InitialGoalStatePeriod=1", "Provisioning.Enabled=n", "Provisioning.Agent=disabled", "ResourceDisk.Format=n",
                "Logs.Console=n", "Logs.Collect=n", "AutoUpdate.Enabled=n", "OS.EnableFirewall=n"));
        lines.addAll(List.of("Lib.Dir=" + work.resolve("lib"), "Pid.File=" + work.resolve("waagent.pid"),
                "Extension.LogDir=" + work.resolve("log")));
        return Files.write(work.resolve("waagent.conf"), lines);
    }

    /** Of the places where waagent leaves something if it can, those that are there. */
    private static Set<Path> traces() {
        return Stream.of("/var/lib/waagent", "/var/log/waagent.log", "/var/log/azure", "/run/waagent.pid", "/etc/systemd/system/azure.slice",
                "/lib/systemd/system/azure.slice", "/lib/systemd/system/waagent-network-setup.service").map(Path::of).filter(Files::exists)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Runs a script of ours and returns what it printed before its last line. */
    private List<String> run(User user, DebianClient client, List<String> command) throws IOException {
        Child child = lab().start("client", lab().guest(user), client.environment(), command);
        child.await(0, "done"::equals, "the end of its output", PATIENCE);
        return child.lines().stream().map(Child.Line::text).takeWhile(line -> !line.equals("done")).toList();
    }

    /** What reached the host from clients of that name. */
    private List<Seen> from(String userAgent, long mark) throws IOException {
        return host().since(mark).stream().filter(seen -> seen.values("user-agent").stream().anyMatch(name -> name.startsWith(userAgent))).toList();
    }

    /** What a request asks for, without the numbers of this machine and goal state. */
    private static String kind(Seen seen) {
        String[] target = seen.target().split("\\?", 2);
        boolean byQuery = target.length > 1 && target[1].startsWith("comp=");
        return seen.service() + " " + seen.method() + " " + (byQuery ? target[1].replaceFirst("&incarnation=.*", "") : target[0]);
    }

    private static Set<String> verdicts(List<Seen> seen) {
        return seen.stream().map(one -> one.reason() + " isRoot=" + one.isRoot()).collect(Collectors.toSet());
    }

    private JsonNode uploadedStatus() throws IOException {
        Request fetch = Stage.hostga("/extensionArtifact").with("x-ms-artifact-location", STORAGE + "status");
        Answer answer = stage().talker(User.ROOT).ask(Network.WIRESERVER, Stage.HOSTGA_PORT, fetch);
        assertEquals(200, answer.status(), answer.text());
        return JSON.readTree(answer.body());
    }
}
