package countersign.itests.lab.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.Child;
import countersign.itests.lab.Lab;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The running simulator with its controls, which only the host's own side reaches. Not thread-safe. */
public final class Host {
    private static final int CONTROL_PORT = 8088;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Talker control;
    private Talker.Line line;

    private Host(Talker control) {
        this.control = control;
    }

    /** Starts the simulator and waits until it listens. The secure channel is off at first. */
    public static Host start(Lab lab) throws IOException {
        Child simulator = lab.start("host", lab.hostSide(), Map.of(), List.of(Lab.javaProgram(), "-XX:+UseSerialGC", "-Xmx512m",
                "-jar", lab.checkout().simulator().toString(), "--state", "disabled", "--journal", "100000"));
        Host host = new Host(lab.talker(lab.hostSide()));
        simulator.await(0, text -> text.startsWith("host simulator ready"), "the ready line", Duration.ofSeconds(60));
        return host;
    }

    /** Puts a status document in force. */
    public void serve(JsonNode document) throws IOException {
        call("PUT", "/status-document", document.toString());
    }

    /** Puts a document in force that comes with the simulator: {@code enforce}, {@code audit}, {@code disabled}, … */
    public void serve(String preset) throws IOException {
        call("PUT", "/status-document?preset=" + preset, "");
    }

    /** Makes a key the latched one, as if an agent had latched it before. */
    public void installKey(String guid, String hexadecimal) throws IOException {
        call("PUT", "/keys", JSON.createObjectNode().put("guid", guid).put("key", hexadecimal).toString());
    }

    /** No key at all, as for a new machine. */
    public void forgetKeys() throws IOException {
        call("DELETE", "/keys", "");
    }

    /** Makes a new key and names it in the status; returns its guid. */
    public String rotate() throws IOException {
        return call("POST", "/rotate", "").path("guid").asText();
    }

    /** Guid of the latched key; empty if there is none. */
    public String latchedKey() throws IOException {
        return call("GET", "/keys", "").path("latched").path("guid").asText("");
    }

    /** The text of the latched key; to search for where it must not be. */
    public String latchedKeyText() throws IOException {
        return call("GET", "/keys?text=true", "").path("latched").path("key").asText("");
    }

    /** The texts of all keys it knows at the moment: the latched one and the one it gave out last. */
    public Set<String> keyTexts() throws IOException {
        JsonNode keys = call("GET", "/keys?text=true", "");
        Set<String> texts = new HashSet<>(List.of(keys.path("latched").path("key").asText(""), keys.path("issued").path("key").asText("")));
        texts.remove("");
        return texts;
    }

    /** Shifts the host's clock against real time. */
    public void shiftClock(Duration offset) throws IOException {
        call("PUT", "/clock", JSON.createObjectNode().put("offsetSeconds", offset.toSeconds()).toString());
    }

    /** What status answers say in {@code x-ms-azure-host-date}: {@code auto}, {@code absent} or this text. */
    public void sendDate(String text) throws IOException {
        call("PUT", "/clock", JSON.createObjectNode().put("hostDateHeader", text).toString());
    }

    /** Puts a fault in force that comes with the simulator. */
    public void fault(String preset, int count) throws IOException {
        call("POST", "/faults?preset=" + preset + "&count=" + count, "");
    }

    /** Puts a fault in force, see the simulator's README. */
    public void fault(Map<String, Object> members) throws IOException {
        call("POST", "/faults", JSON.valueToTree(members).toString());
    }

    public void endFaults() throws IOException {
        call("DELETE", "/faults", "");
    }

    /** Everything as at the start. */
    public void reset() throws IOException {
        call("POST", "/reset", "");
    }

    /** Entries kept from now on; 0 for none. */
    public void journal(int capacity) throws IOException {
        call("PUT", "/journal", JSON.createObjectNode().put("capacity", capacity).toString());
    }

    /** Number of the newest journal entry. */
    public long mark() throws IOException {
        return call("GET", "/journal?limit=0", "").path("last").asLong();
    }

    /** What arrived after a mark, oldest first. */
    public List<Seen> since(long mark) throws IOException {
        List<Seen> seen = new ArrayList<>();
        call("GET", "/journal?after=" + mark, "").path("entries").forEach(entry -> seen.add(Seen.of(entry)));
        return seen;
    }

    /** What came from clients after a mark: everything but the secure channel. */
    public List<Seen> proxiedSince(long mark) throws IOException {
        return since(mark).stream().filter(seen -> !seen.secureChannel()).toList();
    }

    /** Waits until the agent has polled and acted upon whatever the host serves now. */
    public void awaitPolls(int count, Duration patience) throws IOException {
        long mark = mark();
        Lab.await(count + " status polls", patience,
                () -> since(mark).stream().filter(seen -> seen.target().equals("/secure-channel/status")).count() >= count);
    }

    /** What it was told by telemetry: documents {@code accepted} and {@code refused}, the last {@code refusals} and {@code events}. */
    public JsonNode telemetry() throws IOException {
        return call("GET", "/telemetry", "");
    }

    /** Requests of a service by reason since the start. */
    public Map<String, Long> counters(String service) throws IOException {
        return JSON.convertValue(call("GET", "/counters", "").path(service),
                JSON.getTypeFactory().constructMapType(Map.class, String.class, Long.class));
    }

    private JsonNode call(String method, String target, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Request request = new Request(method, target, List.of(), bytes)
                .with("Host", "127.0.0.1:" + CONTROL_PORT).with("Content-Length", Integer.toString(bytes.length));
        Answer answer = ask(request);
        JsonNode json = JSON.readTree(answer.body());
        if (answer.status() != 200) {
            throw new IOException(method + " " + target + ": " + answer.status() + " " + json.path("error").asText());
        }
        return json == null ? JSON.nullNode() : json;
    }

    private Answer ask(Request request) throws IOException {
        try {
            if (line != null) {
                return line.ask(request);
            }
        } catch (IOException e) {
            // The server closes idle connections; a control request may be repeated.
            line.close();
        }
        line = control.open("127.0.0.1", CONTROL_PORT);
        return line.ask(request);
    }
}
