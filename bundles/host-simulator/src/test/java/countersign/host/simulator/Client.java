package countersign.host.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.Service;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Talks to a simulator the way an agent would: raw requests, signed by hand, and the controls. */
final class Client {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Simulator simulator;
    private final HttpClient http = HttpClient.newHttpClient();
    String guid;
    String key;
    Instant date = Instant.now();

    Client(Simulator simulator) {
        this.simulator = simulator;
    }

    /** An answer; status 0 when the connection ended without one. */
    record Answer(int status, String head, String body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        String header(String name) {
            return head.lines().filter(l -> l.toLowerCase().startsWith(name + ": ")).findFirst().map(l -> l.substring(name.length() + 2))
                    .orElse(null);
        }
    }

    Answer unsigned(Service service, String method, String target, String... headers) throws IOException {
        return send(service, request(method, target, fields(headers), null, ""));
    }

    /** With date and claims, signed with the key in hand. The target's query must be in canonical order and lower case. */
    Answer signed(Service service, String method, String target, String... headers) throws IOException {
        Map<String, String> fields = fields(headers);
        fields.putIfAbsent("x-ms-azure-host-date", HostClock.format(date));
        fields.putIfAbsent("x-ms-azure-host-claims", "{ \"isRoot\": \"false\"}");
        return send(service, request(method, target, fields, signature(method, target, fields), ""));
    }

    Answer send(Service service, String raw) throws IOException {
        try (Socket socket = connect(service)) {
            socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
            return read(socket);
        }
    }

    Socket connect(Service service) throws IOException {
        InetSocketAddress address = simulator.address(service);
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    Answer status() throws IOException {
        return unsigned(Service.WIRESERVER, "GET", "/secure-channel/status", "metadata", "True");
    }

    Answer requestKey() throws IOException {
        String body = "{\"authorizationScheme\": \"Azure-HMAC-SHA256\"}";
        Map<String, String> fields = fields("metadata", "True", "content-type", "application/json", "content-length", "44");
        return send(Service.WIRESERVER, request("POST", "/secure-channel/key", fields, null, body));
    }

    /** Requests a key and takes it into hand. */
    void acquire() throws IOException {
        JsonNode document = requestKey().json();
        guid = document.get("guid").asText();
        key = document.get("key").asText();
    }

    Answer attest() throws IOException {
        return signed(Service.WIRESERVER, "POST", "/secure-channel/key/" + guid + "/key-attestation", "metadata", "True", "content-length", "0");
    }

    void latch() throws IOException {
        acquire();
        if (attest().status() != 200) {
            throw new AssertionError("attestation refused");
        }
    }

    JsonNode control(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = controlAnswer(method, path, body);
        if (answer.statusCode() != HttpURLConnection.HTTP_OK) {
            throw new AssertionError(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    HttpResponse<String> controlAnswer(String method, String path, String body) throws IOException, InterruptedException {
        InetSocketAddress address = simulator.controlAddress();
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))).build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode lastEntry() throws IOException, InterruptedException {
        JsonNode entries = control("GET", "/journal", "").get("entries");
        return entries.get(entries.size() - 1);
    }

    static Answer read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return new Answer(0, head.toString(StandardCharsets.ISO_8859_1), "");
            }
            head.write(c);
        }
        Answer answer = new Answer(0, head.toString(StandardCharsets.ISO_8859_1), "");
        byte[] body = in.readNBytes(Integer.parseInt(answer.header("content-length")));
        return new Answer(Integer.parseInt(answer.head().substring(9, 12)), answer.head(), new String(body, StandardCharsets.UTF_8));
    }

    private String signature(String method, String target, Map<String, String> fields) {
        int query = target.indexOf('?');
        StringBuilder text = new StringBuilder(method).append("\n\n");
        fields.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
        text.append(query < 0 ? target : target.substring(0, query)).append('\n').append(query < 0 ? "" : target.substring(query + 1));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(key), "HmacSHA256"));
            return "Azure-HMAC-SHA256 " + guid + " " + HexFormat.of().formatHex(mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String request(String method, String target, Map<String, String> fields, String authorization, String body) {
        StringBuilder raw = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        fields.forEach((name, value) -> raw.append(name).append(": ").append(value).append("\r\n"));
        if (authorization != null) {
            raw.append("x-ms-azure-host-authorization: ").append(authorization).append("\r\n");
        }
        return raw.append("\r\n").append(body).toString();
    }

    private static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new TreeMap<>(Map.of("host", "168.63.129.16"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
