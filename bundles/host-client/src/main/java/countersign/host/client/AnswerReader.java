package countersign.host.client;

import countersign.host.HostResponse;
import countersign.request.HeaderField;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads one HTTP/1.1 answer strictly and within limits (RFC 9112; secure-channel.md Q2). No message quotes a body. */
final class AnswerReader {
    static final int BODY_LIMIT = 1 << 20;
    private static final int HEAD_LIMIT = 64 << 10;
    private static final int FIELD_LIMIT = 100;
    private static final int INTERIM_LIMIT = 8;

    private final Wire wire;
    private final Deadline deadline;
    private int headLeft = HEAD_LIMIT;

    AnswerReader(Wire wire, Deadline deadline) {
        this.wire = wire;
        this.deadline = deadline;
    }

    HostResponse read() throws IOException {
        for (int interim = 0; interim < INTERIM_LIMIT; interim++) {
            int status = status(line());
            List<HeaderField> fields = fields();
            if (status >= 200) {
                return new HostResponse(status, fields, status == 204 || status == 304 ? new byte[0] : body(fields));
            }
            if (status == 101) {
                break;
            }
        }
        throw new MalformedAnswerException("expected a final status, got interim ones only");
    }

    private static int status(String line) throws MalformedAnswerException {
        boolean shaped = (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
                && line.length() >= 12
                && (line.length() == 12 || line.charAt(12) == ' ');
        int status = 0;
        for (int i = 9; shaped && i < 12; i++) {
            int digit = line.charAt(i) - '0';
            shaped = digit >= 0 && digit <= 9;
            status = 10 * status + digit;
        }
        if (!shaped || status < 100 || status > 599) {
            throw new MalformedAnswerException("expected a status line of HTTP/1.1, got something else");
        }
        return status;
    }

    private List<HeaderField> fields() throws IOException {
        List<HeaderField> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon <= 0 || !line.chars().limit(colon).allMatch(c -> c > ' ' && c < 0x7F)) {
                throw new MalformedAnswerException("expected a header field, got something else in line " + (fields.size() + 1));
            }
            if (fields.size() == FIELD_LIMIT) {
                throw new MalformedAnswerException("expected at most " + FIELD_LIMIT + " header fields, got more");
            }
            fields.add(new HeaderField(line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return fields;
    }

    private byte[] body(List<HeaderField> fields) throws IOException {
        List<String> codings = values(fields, "transfer-encoding");
        Optional<Integer> length = length(values(fields, "content-length"));
        if (!codings.isEmpty() && length.isPresent()) {
            throw new MalformedAnswerException("expected content-length or transfer-encoding, got both");
        }
        try (WipedBytes bytes = new WipedBytes()) {
            if (!codings.isEmpty()) {
                if (codings.size() != 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
                    throw new MalformedAnswerException("expected transfer-encoding chunked, got another");
                }
                readChunks(bytes);
            } else if (length.isPresent()) {
                readExactly(bytes, length.get());
            } else {
                readToEnd(bytes);
            }
            return bytes.toArray();
        }
    }

    private static Optional<Integer> length(List<String> values) throws MalformedAnswerException {
        Optional<Integer> length = Optional.empty();
        for (String value : values) {
            if (value.isEmpty() || value.length() > 9 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new MalformedAnswerException("expected a content-length up to " + BODY_LIMIT + ", got another text");
            }
            int number = Integer.parseInt(value);
            if (length.isPresent() && length.get() != number) {
                throw new MalformedAnswerException("expected one content-length, got different ones");
            }
            length = Optional.of(number);
        }
        return length;
    }

    private void readExactly(WipedBytes bytes, int count) throws IOException {
        checkSize((long) bytes.length() + count);
        int end = bytes.length() + count;
        while (bytes.length() < end) {
            if (wire.read(bytes, end - bytes.length(), deadline) < 0) {
                throw new MalformedAnswerException("expected " + end + " bytes of body, got " + bytes.length());
            }
        }
    }

    private void readToEnd(WipedBytes bytes) throws IOException {
        while (wire.read(bytes, BODY_LIMIT + 1 - bytes.length(), deadline) >= 0) {
            checkSize(bytes.length());
        }
    }

    private void readChunks(WipedBytes bytes) throws IOException {
        headLeft = HEAD_LIMIT;
        for (int size = chunkSize(line()); size > 0; size = chunkSize(line())) {
            readExactly(bytes, size);
            if (!line().isEmpty()) {
                throw new MalformedAnswerException("expected the end of a chunk, got more");
            }
        }
        fields();
    }

    private static int chunkSize(String line) throws MalformedAnswerException {
        int semicolon = line.indexOf(';');
        String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        if (size.isEmpty() || size.length() > 7 || !size.chars().allMatch(c -> c < 0x80 && Character.digit(c, 16) >= 0)) {
            throw new MalformedAnswerException("expected a chunk size up to " + BODY_LIMIT + ", got another text");
        }
        return Integer.parseInt(size, 16);
    }

    private static void checkSize(long size) throws MalformedAnswerException {
        if (size > BODY_LIMIT) {
            throw new MalformedAnswerException("expected at most " + BODY_LIMIT + " bytes of body, got more");
        }
    }

    /** The next line without its end, one char per byte. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        while (true) {
            int next = wire.read(deadline);
            if (next < 0) {
                throw new MalformedAnswerException("expected a whole answer, got the end of the connection");
            }
            if (--headLeft < 0) {
                throw new MalformedAnswerException("expected at most " + HEAD_LIMIT + " bytes of head, got more");
            }
            if (next == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            line.append((char) next);
        }
    }

    private static List<String> values(List<HeaderField> fields, String name) {
        return fields.stream().filter(field -> field.name().equals(name)).map(HeaderField::value).toList();
    }
}
