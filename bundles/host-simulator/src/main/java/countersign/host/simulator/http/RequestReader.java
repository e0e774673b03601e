package countersign.host.simulator.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads requests from one connection, strictly, one after the other.
 *
 * <p>Written by hand on purpose. A signature covers the header list and the target exactly as the sender wrote them
 * (host-endpoints.md section 9), while HTTP libraries merge fields, normalise targets and repair what is broken before
 * anyone can look. For the same reason everything ambiguous is refused, see {@link BadInput}.
 *
 * <p>Not safe for concurrent use: one reader per connection.
 */
public final class RequestReader {
    /** Larger payloads are hashed, not kept. */
    static final int KEPT_BODY = 1 << 20;
    /** No payload is larger than what an exempt upload may be (signing.md section 8). */
    static final long MAX_BODY = 100L << 20;

    private static final int MAX_TARGET = 65_534;
    private static final int MAX_HEAD = 256 << 10;
    private static final int MAX_FIELDS = 128;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[16 << 10];
    private int next;
    private int limit;
    private int headBytes;

    /**
     * @param in where requests come from
     * @param out where {@code 100 Continue} goes when a sender waits for it
     */
    public RequestReader(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Reads one request including its body; blocks.
     *
     * @throws IOException if the connection breaks
     */
    public Received read() throws IOException {
        headBytes = 0;
        try {
            if (next == limit && !fill()) {
                return new Received.Ended();
            }
        } catch (SocketTimeoutException e) {
            return new Received.Ended();
        }
        Draft draft = new Draft();
        try {
            readHead(draft);
            draft.body = readBody(draft);
            return new Received.Complete(draft.toRequest());
        } catch (Refusal refusal) {
            return new Received.Refused(refusal.reason, draft.toRequest());
        } catch (EOFException | SocketTimeoutException e) {
            return new Received.Refused(BadInput.BODY_TRUNCATED, draft.toRequest());
        }
    }

    /** Waits until the peer ends the connection or the socket's read timeout passes; false when it has ended. */
    public boolean peerIsThere() throws IOException {
        try {
            next = limit;
            return fill();
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private void readHead(Draft draft) throws IOException, Refusal {
        parseRequestLine(line(BadInput.REQUEST_LINE, BadInput.TARGET_TOO_LONG), draft);
        for (String field = fieldLine(); !field.isEmpty(); field = fieldLine()) {
            if (draft.headers.size() == MAX_FIELDS) {
                throw new Refusal(BadInput.HEADERS_TOO_LARGE);
            }
            draft.headers.add(parseField(field));
        }
        for (Header header : draft.headers) {
            checkValue(header.value());
        }
        int hosts = count(draft, "host");
        refuseIf(hosts > 1, BadInput.HOST_REPEATED);
        refuseIf(hosts == 0 && !draft.http10, BadInput.HOST_MISSING);
    }

    private static void parseRequestLine(String line, Draft draft) throws Refusal {
        int first = line.indexOf(' ');
        int second = line.indexOf(' ', first + 1);
        refuseIf(first < 1 || second < first + 2 || line.indexOf(' ', second + 1) >= 0, BadInput.REQUEST_LINE);
        draft.method = line.substring(0, first);
        draft.target = line.substring(first + 1, second);
        for (int i = 0; i < first; i++) {
            refuseIf(!Characters.token(line.charAt(i)), BadInput.REQUEST_LINE);
        }
        switch (line.substring(second + 1)) {
            case "HTTP/1.1" -> draft.http10 = false;
            case "HTTP/1.0" -> draft.http10 = true;
            default -> throw new Refusal(BadInput.VERSION);
        }
        refuseIf(draft.target.length() > MAX_TARGET, BadInput.TARGET_TOO_LONG);
        refuseIf(!Characters.target(draft.target), BadInput.TARGET);
    }

    private static Header parseField(String field) throws Refusal {
        int colon = field.indexOf(':');
        refuseIf(colon < 1, BadInput.HEADER_SYNTAX);
        for (int i = 0; i < colon; i++) {
            // Also catches folded lines and a blank before the colon.
            refuseIf(!Characters.token(field.charAt(i)), BadInput.HEADER_SYNTAX);
        }
        return new Header(field.substring(0, colon), Characters.trim(field.substring(colon + 1)));
    }

    private static void checkValue(String value) throws Refusal {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            refuseIf((c < 0x20 && c != '\t') || c > 0x7e, BadInput.HEADER_BYTE);
        }
    }

    private Body readBody(Draft draft) throws IOException, Refusal {
        int lengths = count(draft, "content-length");
        int encodings = count(draft, "transfer-encoding");
        refuseIf(lengths > 0 && encodings > 0, BadInput.LENGTH_AND_CHUNKED);
        refuseIf(lengths > 1, BadInput.LENGTH_REPEATED);
        refuseIf(encodings > 1 || encodings > 0 && draft.http10, BadInput.TRANSFER_ENCODING);
        if (lengths == 0 && encodings == 0) {
            return Body.EMPTY;
        }
        Payload payload = new Payload();
        if (encodings == 1) {
            refuseIf(!"chunked".equalsIgnoreCase(value(draft, "transfer-encoding")), BadInput.TRANSFER_ENCODING);
            invite(draft);
            readChunks(payload);
        } else {
            String text = value(draft, "content-length");
            refuseIf(text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9'), BadInput.LENGTH_INVALID);
            refuseIf(text.length() > 12 || Long.parseLong(text) > MAX_BODY, BadInput.BODY_TOO_LARGE);
            long length = Long.parseLong(text);
            if (length == 0) {
                return Body.EMPTY;
            }
            invite(draft);
            copy(length, payload);
        }
        return payload.toBody();
    }

    /** Answers an expectation, unless the body is already arriving (RFC 9110 section 10.1.1). */
    private void invite(Draft draft) throws IOException {
        if ("100-continue".equalsIgnoreCase(value(draft, "expect")) && !draft.http10 && next == limit && in.available() == 0) {
            out.write(CONTINUE);
            out.flush();
        }
    }

    private void readChunks(Payload payload) throws IOException, Refusal {
        while (true) {
            headBytes = 0;
            String size = line(BadInput.CHUNK, BadInput.CHUNK);
            refuseIf(size.isEmpty() || size.length() > 8 || !size.chars().allMatch(Characters::hex), BadInput.CHUNK);
            long length = Long.parseLong(size, 16);
            if (length > 0) {
                copy(length, payload);
            }
            refuseIf(read1() != '\r' || read1() != '\n', BadInput.CHUNK);
            if (length == 0) {
                return;
            }
        }
    }

    private void copy(long length, Payload payload) throws IOException, Refusal {
        refuseIf(payload.length + length > MAX_BODY, BadInput.BODY_TOO_LARGE);
        for (long left = length; left > 0;) {
            if (next == limit && !fill()) {
                throw new EOFException();
            }
            int part = (int) Math.min(left, limit - next);
            payload.add(buffer, next, part);
            next += part;
            left -= part;
        }
    }

    private String fieldLine() throws IOException, Refusal {
        return line(BadInput.HEADER_SYNTAX, BadInput.HEADERS_TOO_LARGE);
    }

    /** A line without its CR LF. A bare CR or LF is never a line end and never content. */
    private String line(BadInput malformed, BadInput tooLong) throws IOException, Refusal {
        StringBuilder line = new StringBuilder(80);
        while (true) {
            int c = read1();
            if (c == '\r') {
                refuseIf(read1() != '\n', malformed);
                return line.toString();
            }
            refuseIf(c == '\n', malformed);
            refuseIf(++headBytes > MAX_HEAD, tooLong);
            line.append((char) c);
        }
    }

    private int read1() throws IOException {
        if (next == limit && !fill()) {
            throw new EOFException();
        }
        return buffer[next++] & 0xff;
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer);
        if (read < 0) {
            return false;
        }
        next = 0;
        limit = read;
        return true;
    }

    private static int count(Draft draft, String name) {
        int count = 0;
        for (Header header : draft.headers) {
            if (header.is(name)) {
                count++;
            }
        }
        return count;
    }

    private static String value(Draft draft, String name) {
        for (Header header : draft.headers) {
            if (header.is(name)) {
                return header.value();
            }
        }
        return null;
    }

    private static void refuseIf(boolean bad, BadInput reason) throws Refusal {
        if (bad) {
            throw new Refusal(reason);
        }
    }

    /** What has been read of a request. */
    private static final class Draft {
        private String method = "";
        private String target = "";
        private boolean http10;
        private final List<Header> headers = new ArrayList<>(16);
        private Body body = Body.EMPTY;

        Request toRequest() {
            return new Request(method, target, http10, headers, body);
        }
    }

    /** Gathers a payload; beyond {@link #KEPT_BODY} only its hash. */
    private static final class Payload {
        private final MessageDigest digest = Body.newDigest();
        private ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private long length;

        void add(byte[] from, int offset, int count) {
            digest.update(from, offset, count);
            length += count;
            if (length > KEPT_BODY) {
                kept = null;
            } else {
                kept.write(from, offset, count);
            }
        }

        Body toBody() {
            return new Body(length, HexFormat.of().formatHex(digest.digest()), kept == null ? null : kept.toByteArray());
        }
    }

    /** Leaves the parser; becomes {@link Received.Refused} at its boundary. */
    private static final class Refusal extends Exception {
        private final BadInput reason;

        Refusal(BadInput reason) {
            super(reason.text(), null, false, false);
            this.reason = reason;
        }
    }
}
