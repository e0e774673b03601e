package countersign.proxy.jetty;

import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A request to the host as bytes: exactly the head that was endorsed, and the framing that this head announces. */
final class ServiceRequest {
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};
    private static final byte[] END_OF_CHUNK = {'\r', '\n'};

    private final String method;
    private final byte[] head;
    private final byte[] body;
    private final boolean chunked;
    private final boolean streamed;

    private ServiceRequest(RequestHead head, byte[] body, boolean streamed) {
        this.method = head.method();
        this.head = encode(head);
        this.body = body;
        this.chunked = head.has("transfer-encoding");
        this.streamed = streamed;
    }

    static ServiceRequest whole(RequestHead head, byte[] body) {
        return new ServiceRequest(head, body, false);
    }

    /** The body follows piece by piece. */
    static ServiceRequest streamed(RequestHead head) {
        return new ServiceRequest(head, new byte[0], true);
    }

    boolean isStreamed() {
        return streamed;
    }

    boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether the host may get it twice without harm, should a kept connection turn out to be closed (RFC 9110 section 9.2.2). */
    boolean isRepeatable() {
        return !streamed && (method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS"));
    }

    /** What to write first: of a streamed request the head, else everything. */
    ByteBuffer[] opening() {
        if (streamed || body.length == 0 && !chunked) {
            return new ByteBuffer[] {ByteBuffer.wrap(head)};
        }
        if (!chunked) {
            return new ByteBuffer[] {ByteBuffer.wrap(head), ByteBuffer.wrap(body)};
        }
        if (body.length == 0) {
            return new ByteBuffer[] {ByteBuffer.wrap(head), ByteBuffer.wrap(LAST_CHUNK)};
        }
        return new ByteBuffer[] {
            ByteBuffer.wrap(head), chunkSize(body.length), ByteBuffer.wrap(body), ByteBuffer.wrap(END_OF_CHUNK), ByteBuffer.wrap(LAST_CHUNK)
        };
    }

    /** One piece of a streamed body; empty only with {@code last}. */
    ByteBuffer[] piece(ByteBuffer content, boolean last) {
        ByteBuffer end = ByteBuffer.wrap(last && chunked ? LAST_CHUNK : new byte[0]);
        if (!chunked || !content.hasRemaining()) {
            return new ByteBuffer[] {content, end};
        }
        return new ByteBuffer[] {chunkSize(content.remaining()), content, ByteBuffer.wrap(END_OF_CHUNK), end};
    }

    static ByteBuffer chunkSize(int size) {
        return ByteBuffer.wrap((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] encode(RequestHead head) {
        StringBuilder out = new StringBuilder(1024);
        out.append(head.method()).append(' ').append(head.target()).append(" HTTP/1.1\r\n");
        for (HeaderField field : head.headers()) {
            out.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
