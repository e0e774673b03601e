package countersign.hmac;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorsement.Signed;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.keys.ChannelState;
import countersign.keys.SigningKey;
import countersign.request.ExemptRequest;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningVectorsTest {
    private static final String DATE = "Tue, 14 Jan 2025 09:08:07 GMT";

    @Test
    void theFile_holdsAllPublishedCases() {
        assertEquals(18, SigningVectors.list("vectors").count());
        assertEquals(16, SigningVectors.list("exemptions").count());
        assertEquals(8, SigningVectors.list("rejections").count());
    }

    @Test
    void theCopy_isUpToDateWhereTheOriginalIsAtHand() throws IOException {
        Path repository = Path.of("").toAbsolutePath();
        while (repository != null && !Files.isDirectory(repository.resolve("cnf"))) {
            repository = repository.getParent();
        }
        assumeTrue(repository != null, "not inside the repository");
        Path original = repository.resolveSibling("shared").resolve("spec/vectors/signing.json");
        assumeTrue(Files.exists(original), "no ../shared/spec beside the repository: nothing to compare the copy with");
        try (InputStream copy = SigningVectors.class.getResourceAsStream(SigningVectors.RESOURCE)) {
            assertArrayEquals(Files.readAllBytes(original), copy.readAllBytes(), "copy " + original + " to src/test/resources" + SigningVectors.RESOURCE);
        }
    }

    static Iterable<JsonNode> vectors() {
        return SigningVectors.list("vectors").toList();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void vector_hasThatCanonicalStringAndSignature(JsonNode vector) {
        RequestHead head = SigningVectors.head(vector);
        byte[] body = HexFormat.of().parseHex(vector.get("bodyHex").asText());
        CanonicalRequest canonical = CanonicalRequest.of(head, Target.of(head.target()).orElseThrow());
        assertEquals(vector.get("canonicalHex").asText(), HexFormat.of().formatHex(join(canonical.beforeBody(), body, canonical.afterBody())));
        assertEquals(vector.get("signature").asText(), SigningVectors.key(vector).sign(canonical.beforeBody(), body, canonical.afterBody()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void vector_isSignedAlikeByTheEndorser_unlessItIsOneThatWeRefuse(JsonNode vector) {
        RequestHead head = SigningVectors.head(vector);
        byte[] body = HexFormat.of().parseHex(vector.get("bodyHex").asText());
        boolean elevated = head.last(HeaderField.CLAIMS).orElseThrow().contains("true");
        Endorsement endorsement = endorser(SigningVectors.key(vector)).endorse(endpoint(head), head, body, elevated);
        String id = vector.get("id").asText();
        if (id.equals("query-sort-collision")) {
            assertEquals(new Endorsement.Refused(RefusalReason.QUERY_COLLISION), endorsement);
        } else {
            RequestHead signed = ((Signed) endorsement).head();
            assertEquals(vector.get("authorization").asText(), signed.last(HeaderField.AUTHORIZATION).orElseThrow());
        }
    }

    static Iterable<JsonNode> exemptions() {
        return SigningVectors.list("exemptions").toList();
    }

    @ParameterizedTest
    @MethodSource("exemptions")
    void exemption_isDecidedAsPublished_andDecidesWhetherAKeyIsUsed(JsonNode vector) {
        String method = vector.get("method").asText();
        String target = vector.get("target").asText();
        boolean exempt = vector.get("exempt").asBoolean();
        assertEquals(exempt, ExemptRequest.of(method, target).isPresent());
        JsonNode anyKey = SigningVectors.list("vectors").findFirst().orElseThrow();
        Endorsement endorsement = endorser(SigningVectors.key(anyKey))
                .endorse(Endpoint.WIRESERVER, new RequestHead(method, target, java.util.List.of()), new byte[0], true);
        assertEquals(exempt, endorsement instanceof Endorsement.Unsigned);
        assertEquals(!exempt, endorsement instanceof Signed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"header-non-ascii", "header-control-byte"})
    void rejection_ofAHeaderValue(String id) {
        assertEquals(Optional.of(RefusalReason.HEADER_BYTES), inspect(id));
        assertEquals(400, inspect(id).orElseThrow().status());
    }

    @Test
    void rejection_ofRawNonAsciiInTheTarget() {
        assertEquals(Optional.of(RefusalReason.TARGET_BYTES), inspect("target-non-ascii"));
        assertEquals(400, inspect("target-non-ascii").orElseThrow().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-not-hex", "key-odd-length"})
    void rejection_ofAKeyText_doesNotQuoteIt(String id) {
        JsonNode rejection = SigningVectors.rejection(id);
        var e = assertThrows(IllegalArgumentException.class, () -> SigningVectors.key(rejection));
        assertFalse(e.toString().contains(rejection.get("keyHex").asText()), e.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"body-over-limit-declared", "exempt-body-over-limit"})
    void rejection_ofADeclaredLength(String id) {
        assertEquals(Optional.of(RefusalReason.BODY_LENGTH), inspect(id));
        assertEquals(413, inspect(id).orElseThrow().status());
    }

    @Test
    void declaredLengthAtTheLimit_isAccepted() {
        assertEquals(Optional.empty(), inspect("body-at-limit"));
    }

    private static Optional<RefusalReason> inspect(String id) {
        JsonNode anyKey = SigningVectors.list("vectors").findFirst().orElseThrow();
        return endorser(SigningVectors.key(anyKey)).inspect(Endpoint.WIRESERVER, SigningVectors.head(SigningVectors.rejection(id)));
    }

    private static RequestSigner endorser(SigningKey key) {
        ChannelState state = new ChannelState(Optional.of(key), true, true, Map.of(Endpoint.WIRESERVER, EndpointMode.ENFORCE));
        return new RequestSigner(() -> state, () -> DATE);
    }

    private static Endpoint endpoint(RequestHead head) {
        String host = head.last("host").orElseThrow();
        return Endpoint.ALL.stream().filter(e -> host.startsWith(e.ip())).findFirst().orElseThrow();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
