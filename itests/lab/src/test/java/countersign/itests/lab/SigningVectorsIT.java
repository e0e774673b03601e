package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The requests of the signing vectors, sent through the agent: the host's verifier has to agree (host-endpoints.md scenario 14). */
class SigningVectorsIT extends LabTest {
    /** An attestation is the agent's own; as a client's request the host has no key by that name. */
    private static final String AGENTS_OWN = "attest-no-body";
    /** Refused before signing (signing.md section 9, S4). */
    private static final Set<String> REFUSED = Set.of("query-sort-collision");
    private static final String IMDS_HOST = Network.IMDS;

    @BeforeAll
    void guard() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    @TestFactory
    Stream<DynamicTest> signedVectors() throws IOException {
        return all("vectors").filter(vector -> !id(vector).equals(AGENTS_OWN)).map(vector -> DynamicTest.dynamicTest(id(vector), () -> {
            Request request = request(vector);
            String expected = REFUSED.contains(id(vector)) ? "400, nothing reached the host" : "verified isRoot=true";
            String told = tell(request);
            assertEquals(expected, REFUSED.contains(id(vector)) ? told : told.replaceFirst("^[0-9]+ ", ""));
        }));
    }

    @TestFactory
    Stream<DynamicTest> rejections() throws IOException {
        Map<String, String> expected = Map.of(
                "header-non-ascii", "400, nothing reached the host", "header-control-byte", "400, nothing reached the host",
                "target-non-ascii", "400, nothing reached the host", "body-over-limit-declared", "413, nothing reached the host",
                "body-at-limit", "200 verified isRoot=true", "exempt-body-over-limit", "413, nothing reached the host");
        return all("rejections").filter(vector -> !id(vector).startsWith("key-")).map(vector -> DynamicTest.dynamicTest(id(vector),
                () -> assertEquals(expected.get(id(vector)), tell(request(vector)))));
    }

    private String tell(Request request) throws IOException {
        String host = request.fields().stream().filter(field -> field.name().equals("Host")).findFirst().orElseThrow().value();
        int port = host.endsWith(":" + Stage.HOSTGA_PORT) ? Stage.HOSTGA_PORT : 80;
        return stage().tell(() -> stage().talker(User.ROOT).ask(host.split(":")[0], port, request));
    }

    private static Request request(JsonNode vector) {
        List<Answer.Field> fields = new ArrayList<>();
        vector.path("headers").forEach(field -> fields.add(new Answer.Field(field.path(0).asText(), field.path(1).asText())));
        vector.path("headersHex").forEach(field -> fields.add(new Answer.Field(field.path(0).asText(), latin1(field.path(1).asText()))));
        byte[] body = HexFormat.of().parseHex(vector.path("bodyHex").asText(""));
        if (vector.has("contentLength")) {
            long length = vector.path("contentLength").asLong();
            fields.add(new Answer.Field("Content-Length", Long.toString(length)));
            // A length over the limit is refused without waiting for the body.
            body = new byte[length == 102_400 ? 102_400 : 0];
        }
        if (fields.stream().noneMatch(field -> field.name().equals("Host"))) {
            boolean machine = vector.path("target").asText().startsWith("/machine") || vector.path("target").asText().startsWith("/vmAgentLog");
            fields.add(new Answer.Field("Host", machine ? Network.WIRESERVER : IMDS_HOST));
        }
        boolean chunked = fields.stream().anyMatch(field -> field.name().equals("Transfer-Encoding"));
        String target = vector.has("targetHex") ? latin1(vector.path("targetHex").asText()) : vector.path("target").asText();
        return new Request(vector.path("method").asText(), target, fields, chunked ? chunks(body) : body);
    }

    /** Two chunks, so that joining them is tested too. */
    private static byte[] chunks(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int half = body.length / 2;
        for (int[] part : new int[][] {{0, half}, {half, body.length - half}}) {
            out.writeBytes((Integer.toHexString(part[1]) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, part[0], part[1]);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static String latin1(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    private static String id(JsonNode vector) {
        return vector.path("id").asText();
    }

    private static Stream<JsonNode> all(String list) throws IOException {
        var file = Checkout.here().root().resolve("bundles/host-simulator/src/test/resources/vectors/signing.json");
        return StreamSupport.stream(new ObjectMapper().readTree(file.toFile()).path(list).spliterator(), false);
    }
}
