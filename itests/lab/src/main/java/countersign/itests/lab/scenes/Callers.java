package countersign.itests.lab.scenes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.Lab;
import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Who gets what. */
final class Callers {
    private static final List<String> OURS = List.of("x-ms-azure-host-authorization", "x-ms-azure-host-claims", "x-ms-azure-host-date");

    private Callers() {}

    static List<Scene> scenes() {
        return List.of(
                new Scene("an ordinary user (curl)", "IMDS 200 verified isRoot=false; WireServer 403, nothing reached the host",
                        Callers::ordinaryUser),
                new Scene("root (curl)", "WireServer 200 verified isRoot=true; HostGAPlugin 200 verified isRoot=true", Callers::root),
                new Scene("an IPv4-mapped IPv6 client (Java's default)",
                        "IPv6 socket; IMDS 200 verified isRoot=false; WireServer 403, nothing reached the host; "
                                + "audited as its own process and user", Callers::mapped),
                new Scene("a client with endorsement headers of its own", "200 verified isRoot=false; forged values at the host: 0",
                        Callers::forger));
    }

    private static Observation ordinaryUser(Stage stage) throws IOException {
        return Observation.of("IMDS " + imdsByCurl(stage, User.NOBODY) + "; WireServer " + wireserverByCurl(stage, User.NOBODY));
    }

    private static Observation root(Stage stage) throws IOException {
        String plugin = stage.tell(() -> stage.lab().curl(stage.lab().guest(User.ROOT),
                "http://" + Network.WIRESERVER + ":" + Stage.HOSTGA_PORT + "/versions"));
        return Observation.of("WireServer " + wireserverByCurl(stage, User.ROOT) + "; HostGAPlugin " + plugin);
    }

    private static Observation mapped(Stage stage) throws IOException {
        Talker java = stage.lab().defaultJavaTalker(stage.lab().guest(User.NOBODY));
        boolean ipv6;
        try (Talker.Line line = java.open(Network.IMDS, 80)) {
            String port = String.format(":%04X ", line.localPort());
            ipv6 = Files.readString(Path.of("/proc", Long.toString(java.pid()), "net", "tcp6")).contains(port);
        }
        String imds = stage.tell(() -> java.ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE + "&caller=mapped")));
        String wireserver = stage.tell(() -> java.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE)));
        return Observation.of((ipv6 ? "IPv6" : "IPv4") + " socket; IMDS " + imds + "; WireServer " + wireserver + "; audited as "
                + auditedAs(stage, "caller=mapped", java.pid(), User.NOBODY));
    }

    /** What the connection log says of the caller behind a request. */
    private static String auditedAs(Stage stage, String marker, long pid, User user) throws IOException {
        Lab.await(marker + " in the connection log", Duration.ofSeconds(60),
                () -> stage.agent().auditLines().stream().anyMatch(line -> line.contains(marker)));
        JsonNode event = new ObjectMapper().readTree(
                stage.agent().auditLines().stream().filter(line -> line.contains(marker)).findFirst().orElseThrow());
        boolean right = event.path("userId").asLong() == user.uid() && event.path("processId").asLong() == pid
                && event.path("processFullPath").asText().equals(Path.of("/proc", Long.toString(pid), "exe").toRealPath().toString());
        return right ? "its own process and user" : event.toString();
    }

    private static Observation forger(Stage stage) throws IOException {
        long mark = stage.host().mark();
        Request forged = Stage.imds(Stage.INSTANCE)
                .with(OURS.get(0), "Azure-HMAC-SHA256 00000000-0000-0000-0000-00000000f0e9 " + "f0e9".repeat(16))
                .with(OURS.get(1), "{ \"isRoot\": \"true\"}").with(OURS.get(2), "Thu, 01 Jan 1970 00:00:00 GMT");
        String told = stage.tell(() -> stage.talker(User.NOBODY).ask(Network.IMDS, 80, forged));
        Seen seen = stage.host().proxiedSince(mark).get(0);
        long survived = OURS.stream().flatMap(name -> Stream.concat(
                seen.values(name).stream().filter(forged.fields().stream().filter(f -> f.name().equals(name)).map(f -> f.value()).toList()::contains),
                seen.values(name).stream().skip(1))).count();
        return Observation.of(told + "; forged values at the host: " + survived);
    }

    private static String imdsByCurl(Stage stage, User user) throws IOException {
        return stage.tell(() -> stage.lab().curl(stage.lab().guest(user), "http://" + Network.IMDS + Stage.INSTANCE, "Metadata: true"));
    }

    private static String wireserverByCurl(Stage stage, User user) throws IOException {
        return stage.tell(() -> stage.lab().curl(
                stage.lab().guest(user), "http://" + Network.WIRESERVER + Stage.GOAL_STATE, "x-ms-version: 2012-11-30"));
    }
}
