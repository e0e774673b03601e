package countersign.proxy.jetty;

import countersign.request.RequestGuard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/**
 * An answer the agent makes itself (proxy.md sections 3 to 9).
 *
 * @param contentType empty when there is no body
 * @param refusal empty for an answer of a local endpoint; with one the connection is closed
 */
record Answer(int status, String contentType, byte[] body, Optional<Refusal> refusal) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final byte[] NO_BODY = {};

    static Answer refuse(Refusal refusal) {
        return switch (refusal) {
            case METHOD -> new Answer(405, TEXT, ascii("Method Not Allowed"), Optional.of(refusal));
            case BODY_LENGTH -> new Answer(413, TEXT, ascii(refusal.description()), Optional.of(refusal));
            default -> new Answer(refusal.status(), "", NO_BODY, Optional.of(refusal));
        };
    }

    /** A refusal that explains itself to the caller in JSON. */
    static Answer refuse(Refusal refusal, byte[] json) {
        return new Answer(refusal.status(), JSON, json, Optional.of(refusal));
    }

    static Answer json(byte[] json) {
        return new Answer(200, JSON, json, Optional.empty());
    }

    /** The answer as it goes on the wire. {@code head}: the request was HEAD; {@code http10}: of version 1.0 and the connection stays open. */
    ByteBuffer encode(boolean head, boolean close, boolean http10, String date) {
        StringBuilder out = new StringBuilder(256);
        out.append("HTTP/1.1 ").append(status).append(' ').append(HttpStatus.getMessage(status)).append("\r\n");
        out.append("Date: ").append(date).append("\r\n");
        if (status == 405) {
            out.append("Allow: ").append(RequestGuard.ALLOWED_METHODS).append("\r\n");
        }
        if (!contentType.isEmpty()) {
            out.append("Content-Type: ").append(contentType).append("\r\n");
        }
        out.append("Content-Length: ").append(body.length).append("\r\n");
        if (close) {
            out.append("Connection: close\r\n");
        } else if (http10) {
            out.append("Connection: keep-alive\r\n");
        }
        byte[] lines = ascii(out.append("\r\n").toString());
        ByteBuffer bytes = ByteBuffer.allocate(lines.length + body.length).put(lines);
        return (head ? bytes : bytes.put(body)).flip();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
