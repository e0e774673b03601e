package countersign.hmac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The published cases of signing.md, as copied into the test resources. */
final class SigningVectors {
    static final String RESOURCE = "/vectors/signing.json";
    private static final JsonNode ROOT = read();

    private SigningVectors() {}

    static Stream<JsonNode> list(String member) {
        return StreamSupport.stream(ROOT.get(member).spliterator(), false);
    }

    static JsonNode rejection(String id) {
        return list("rejections").filter(node -> node.get("id").asText().equals(id)).findFirst().orElseThrow();
    }

    static SigningKey key(JsonNode vector) {
        byte[] hex = vector.get("keyHex").asText().getBytes(StandardCharsets.US_ASCII);
        return SigningKey.takeHex(new KeyDescription(vector.path("keyGuid").asText("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35"), OptionalLong.empty(), ""), hex);
    }

    static RequestHead head(JsonNode vector) {
        List<HeaderField> headers = new ArrayList<>();
        vector.path("headers").forEach(pair -> headers.add(new HeaderField(pair.get(0).asText(), pair.get(1).asText())));
        vector.path("headersHex").forEach(pair -> headers.add(new HeaderField(pair.get(0).asText(), latin1(pair.get(1).asText()))));
        if (vector.has("contentLength")) {
            headers.add(new HeaderField("content-length", vector.get("contentLength").asText()));
        }
        String target = vector.has("targetHex") ? latin1(vector.get("targetHex").asText()) : vector.get("target").asText();
        return new RequestHead(vector.get("method").asText(), target, headers);
    }

    private static String latin1(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    private static JsonNode read() {
        try (InputStream in = SigningVectors.class.getResourceAsStream(RESOURCE)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
