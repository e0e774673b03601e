package countersign.keys.keeper;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The host simulator in a process of its own, on free ports of loopback. */
final class SimulatedHost implements AutoCloseable {
    private static final Pattern ENTRY = Pattern.compile("\"method\":\"([A-Z]+)\",\"target\":\"([^\"]+)\".*?\"reason\":\"([^\"]+)\".*?\"status\":([0-9]+)");

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final InetSocketAddress wireserver;
    private final String control;

    SimulatedHost(String state) throws IOException {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), "countersign.host.simulator.Main", "--bind-wireserver", "127.0.0.1:0", "--bind-imds", "127.0.0.1:0",
                "--bind-hostga", "127.0.0.1:0", "--control", "127.0.0.1:0", "--state", state).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith("host simulator ready")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the host simulator did not start");
        }
        wireserver = new InetSocketAddress("127.0.0.1", Integer.parseInt(line.replaceAll(".*wireserver=[^:]*:([0-9]+).*", "$1")));
        control = "http://127.0.0.1:" + line.replaceAll(".*control=[^:]*:([0-9]+).*", "$1");
    }

    InetSocketAddress wireserver() {
        return wireserver;
    }

    /** Uses a control and expects it to be there. */
    String control(String method, String target, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(control + target)).method(method, BodyPublishers.ofString(body)).build();
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(method + " " + target + ": " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Method, target, reason and status of every request since the last call. */
    List<String> journal() throws IOException, InterruptedException {
        List<String> requests = new ArrayList<>();
        for (Matcher entry = ENTRY.matcher(control("GET", "/journal", "")); entry.find(); ) {
            requests.add(entry.group(1) + " " + entry.group(2).replaceFirst("[0-9a-f]{8}-[0-9a-f-]{27}", "GUID") + " " + entry.group(3) + " " + entry.group(4));
        }
        control("DELETE", "/journal", "");
        return requests;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
