package countersign.itests.wiring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The host simulator as a process of its own, at the guarded addresses of this network namespace. */
final class Simulator implements AutoCloseable {
    private static final String CONTROL = "127.0.0.1:8088";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;

    private Simulator(Process process) {
        this.process = process;
    }

    static Simulator start() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx64m", "-jar", System.getProperty("simulator.jar"),
                "--control", CONTROL, "--state", "enforce").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Simulator simulator = new Simulator(process);
        Await.until("the host simulator answers", PATIENCE, () -> process.isAlive() && simulator.call("GET", "/state", "").contains("status"));
        return simulator;
    }

    void serve(String statusDocument) throws IOException, InterruptedException {
        call("PUT", "/status-document", statusDocument);
    }

    /** Requests of that service that reached the host, by the reason of its verdict, as JSON text. */
    String counters() throws IOException, InterruptedException {
        return call("GET", "/counters", "");
    }

    /** How many requests for that path reached the host. */
    int seen(String path) throws IOException, InterruptedException {
        Matcher number = Pattern.compile("\"path\"\\s*:\\s*\"" + Pattern.quote(path) + "\"|\"target\"\\s*:\\s*\"" + Pattern.quote(path) + "\"")
                .matcher(call("GET", "/journal?path=" + path, ""));
        int count = 0;
        while (number.find()) {
            count++;
        }
        return count;
    }

    /** Whether a key has been attested. */
    boolean latched() throws IOException, InterruptedException {
        return call("GET", "/keys", "").matches("(?s).*\"reported\"\\s*:\\s*\"[^\"]+\".*");
    }

    private String call(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + CONTROL + path)).timeout(PATIENCE)
                .method(method, BodyPublishers.ofString(body)).build();
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(method + " " + path + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
