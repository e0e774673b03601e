package countersign.itests.lab.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads HTTP/1.1 answers from one connection, one after the other. Not thread-safe. */
public final class AnswerReader {
    private final InputStream in;

    /** @param in buffered */
    public AnswerReader(InputStream in) {
        this.in = in;
    }

    /**
     * Reads one answer; interim answers (1xx) are skipped.
     *
     * @param head the request was a HEAD, so no body follows
     * @throws EOFException if the connection was closed before the answer was complete
     */
    public Answer read(boolean head) throws IOException {
        Answer answer;
        do {
            answer = one(head);
        } while (answer.status() / 100 == 1);
        return answer;
    }

    private Answer one(boolean head) throws IOException {
        String first = line();
        String[] words = first.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || words[1].length() != 3) {
            throw new IOException("status line: expected HTTP/1.x, got: " + first);
        }
        int status = Integer.parseInt(words[1]);
        List<Answer.Field> fields = new ArrayList<>();
        long length = -1;
        boolean chunked = false;
        boolean closes = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            String name = line.substring(0, colon);
            String value = line.substring(colon + 1).strip();
            fields.add(new Answer.Field(name, value));
            switch (name.toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Long.parseLong(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                case "connection" -> closes = value.equalsIgnoreCase("close");
                default -> { }
            }
        }
        boolean none = head || status / 100 == 1 || status == 204 || status == 304;
        byte[] body = none ? new byte[0] : chunked ? chunks() : length >= 0 ? exactly((int) length) : in.readAllBytes();
        return new Answer(status, fields, body, closes || !none && !chunked && length < 0);
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line().split(";")[0].strip(), 16);
            if (size == 0) {
                break;
            }
            body.write(exactly(size));
            line();
        }
        while (!line().isEmpty()) {
            // Trailers are of no interest here.
        }
        return body.toByteArray();
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("closed after " + bytes.length + " of " + length + " bytes of the body");
        }
        return bytes;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(80);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException(line.size() == 0 ? "closed without an answer" : "closed within the answer's head");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
