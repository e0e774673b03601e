package countersign.proxy.jetty;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads messages off a socket without a library between, so that every byte can be seen. */
final class Wire {
    private Wire() {}

    /**
     * @param head start line and fields as they were, each line without its end
     * @param body after removal of chunk framing
     * @param rawBody with it
     */
    record Message(List<String> head, byte[] body, byte[] rawBody) {
        String startLine() {
            return head.get(0);
        }

        int status() {
            return Integer.parseInt(startLine().split(" ")[1]);
        }

        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }

        List<String> fields() {
            return head.subList(1, head.size());
        }

        /** Value of the only field of that name, null without one. */
        String field(String name) {
            List<String> values = fields(name);
            if (values.size() > 1) {
                throw new AssertionError("repeated " + name + ": " + values);
            }
            return values.isEmpty() ? null : values.get(0);
        }

        List<String> fields(String name) {
            List<String> values = new ArrayList<>();
            for (String line : fields()) {
                int colon = line.indexOf(':');
                if (line.substring(0, colon).equalsIgnoreCase(name)) {
                    values.add(line.substring(colon + 1).strip());
                }
            }
            return values;
        }
    }

    /** The next message, or null when the peer has closed before its first byte. */
    static Message read(InputStream in, boolean noBody, boolean response) throws IOException {
        String first = line(in, true);
        if (first == null) {
            return null;
        }
        List<String> head = new ArrayList<>();
        for (String line = first; !line.isEmpty(); line = line(in, false)) {
            head.add(line);
        }
        Message message = new Message(head, new byte[0], new byte[0]);
        if (noBody || response && (message.status() < 200 || message.status() == 204 || message.status() == 304)) {
            return message;
        }
        if ("chunked".equalsIgnoreCase(message.field("transfer-encoding"))) {
            return chunked(in, head);
        }
        String length = message.field("content-length");
        byte[] body = length != null ? in.readNBytes(Integer.parseInt(length)) : response ? in.readAllBytes() : new byte[0];
        if (length != null && body.length < Integer.parseInt(length)) {
            throw new EOFException("body cut off after " + body.length + " of " + length + " bytes");
        }
        return new Message(head, body, body);
    }

    private static Message chunked(InputStream in, List<String> head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        while (true) {
            String size = line(in, false);
            raw.writeBytes((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            int length = Integer.parseInt(size.split(";")[0], 16);
            byte[] chunk = in.readNBytes(length);
            body.writeBytes(chunk);
            raw.writeBytes(chunk);
            if (!line(in, false).isEmpty()) {
                throw new IOException("chunk without its end");
            }
            raw.writeBytes(new byte[] {'\r', '\n'});
            if (length == 0) {
                return new Message(head, body.toByteArray(), raw.toByteArray());
            }
        }
    }

    private static String line(InputStream in, boolean mayEnd) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                if (mayEnd && line.size() == 0) {
                    return null;
                }
                throw new EOFException("cut off in: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                if (!text.endsWith("\r")) {
                    throw new IOException("line without CR: " + text);
                }
                return text.substring(0, text.length() - 1);
            }
            line.write(b);
        }
    }
}
