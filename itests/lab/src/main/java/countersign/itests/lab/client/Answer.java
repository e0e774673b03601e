package countersign.itests.lab.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One HTTP answer as it came.
 *
 * @param closes the server said that this is the last answer on the connection
 */
public record Answer(int status, List<Field> fields, byte[] body, boolean closes) {
    /** One header field. */
    public record Field(String name, String value) {}

    /** Set by the agent on everything it forwards (signing.md section 1). */
    private static final String MARK = "x-ms-azure-host-authorization";

    public Answer {
        fields = List.copyOf(fields);
        body = body.clone();
    }

    /** Values of all fields of that name, ignoring case. */
    public List<String> values(String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    /** Whether it came through the agent rather than straight from the host. */
    public boolean forwardedByAgent() {
        return values(MARK).equals(List.of("value"));
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** One word that {@link #decode} understands. */
    String encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(status);
            out.writeBoolean(closes);
            out.writeInt(fields.size());
            for (Field field : fields) {
                out.writeUTF(field.name());
                out.writeUTF(field.value());
            }
            out.writeInt(body.length);
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static Answer decode(String word) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(word)))) {
            int status = in.readInt();
            boolean closes = in.readBoolean();
            List<Field> fields = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                fields.add(new Field(in.readUTF(), in.readUTF()));
            }
            return new Answer(status, fields, in.readNBytes(in.readInt()), closes);
        }
    }
}
