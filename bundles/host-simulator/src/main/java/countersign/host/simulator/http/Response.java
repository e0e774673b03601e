package countersign.host.simulator.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An answer before it is framed.
 *
 * @param status the status code
 * @param headers fields besides content-length and connection
 * @param body the payload; not copied, treat as read-only
 */
public record Response(int status, List<Header> headers, byte[] body) {
    private static final Map<Integer, String> PHRASES = Map.ofEntries(
            Map.entry(200, "OK"), Map.entry(304, "Not Modified"), Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"), Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"), Map.entry(405, "Method Not Allowed"), Map.entry(410, "Gone"),
            Map.entry(413, "Content Too Large"), Map.entry(414, "URI Too Long"), Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"), Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"));

    public Response {
        if (status < 200 || status > 999) {
            throw new IllegalArgumentException("status " + status + ": expected 200 to 999");
        }
        headers = List.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** A typed payload. */
    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, List.of(new Header("Content-Type", contentType)), body);
    }

    /** A JSON text. */
    public static Response json(int status, String body) {
        return of(status, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** An XML text. */
    public static Response xml(String body) {
        return of(200, "text/xml; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** A status without payload. */
    public static Response empty(int status) {
        return new Response(status, List.of(), new byte[0]);
    }

    /** {@code {"error":"…"}}; the text must not need JSON escapes. */
    public static Response error(int status, String text) {
        return json(status, "{\"error\":\"" + text + "\"}");
    }

    /** This answer with further fields. */
    public Response with(Header... more) {
        List<Header> all = new ArrayList<>(headers);
        all.addAll(List.of(more));
        return new Response(status, all, body);
    }

    /**
     * The bytes for the wire, in one piece so that they leave in one segment.
     *
     * @param head whether the request was HEAD: the length is announced, the body is not sent
     * @param close whether to announce that the connection ends
     */
    public byte[] toBytes(boolean head, boolean close) {
        StringBuilder text = new StringBuilder(256).append("HTTP/1.1 ").append(status).append(' ')
                .append(PHRASES.getOrDefault(status, "Status")).append("\r\n");
        for (Header header : headers) {
            text.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        if (status != 204 && status != 304) {
            text.append("Content-Length: ").append(body.length).append("\r\n");
        }
        if (close) {
            text.append("Connection: close\r\n");
        }
        byte[] front = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        if (head || body.length == 0 || status == 204 || status == 304) {
            return front;
        }
        byte[] all = new byte[front.length + body.length];
        System.arraycopy(front, 0, all, 0, front.length);
        System.arraycopy(body, 0, all, front.length, body.length);
        return all;
    }
}
