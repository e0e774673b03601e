package countersign.itests.lab.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One HTTP request, exactly as it goes out: nothing is added to what is said here. */
public record Request(String method, String target, List<Answer.Field> fields, byte[] body) {
    public Request {
        fields = List.copyOf(fields);
        body = body.clone();
    }

    public static Request get(String target, String host) {
        return new Request("GET", target, List.of(new Answer.Field("Host", host)), new byte[0]);
    }

    public Request with(String name, String value) {
        List<Answer.Field> more = new ArrayList<>(fields);
        more.add(new Answer.Field(name, value));
        return new Request(method, target, more, body);
    }

    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((method + " " + target + " HTTP/1.1\r\n").getBytes(StandardCharsets.ISO_8859_1));
        for (Answer.Field field : fields) {
            bytes.writeBytes((field.name() + ": " + field.value() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        bytes.writeBytes(new byte[] {'\r', '\n'});
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }
}
