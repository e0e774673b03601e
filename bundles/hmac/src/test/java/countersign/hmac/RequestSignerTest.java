package countersign.hmac;

import static countersign.hmac.HeadInspectionTest.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorsement.Signed;
import countersign.endorsement.Endorsement.Unsigned;
import countersign.endorsement.Endorsement.UnsignedReason;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.keys.ChannelState;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestSignerTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String DATE = "Tue, 14 Jan 2025 09:08:07 GMT";
    private static final byte[] NO_BODY = {};

    @ParameterizedTest(name = "key {0}, known {1}, host named key {2}, mode {3}: {4}")
    @CsvSource({
        "true,  true,  true,  ENFORCE,  SIGNED",
        "true,  true,  true,  AUDIT,    SIGNED",
        "true,  true,  true,  DISABLED, SIGNED",
        "true,  true,  false, ENFORCE,  SIGNED",
        "true,  false, true,  ENFORCE,  CHANNEL_UNKNOWN",
        "false, false, false, DISABLED, CHANNEL_UNKNOWN",
        "false, true,  true,  ENFORCE,  NO_USABLE_KEY",
        "false, true,  false, ENFORCE,  NO_KEY",
        "false, true,  true,  AUDIT,    NO_KEY",
        "false, true,  true,  DISABLED, NO_KEY",
        "false, true,  false, AUDIT,    NO_KEY",
    })
    void endorse_followsTheStateOfTheChannel(boolean key, boolean known, boolean named, EndpointMode mode, String outcome) {
        RequestSigner signer = signer(new ChannelState(key ? Optional.of(key()) : Optional.empty(), known, named, Map.of(Endpoint.IMDS, mode)));
        assertEquals(outcome, describe(signer.endorse(Endpoint.IMDS, head("GET", "/metadata/instance"), NO_BODY, false)));
    }

    @ParameterizedTest
    @CsvSource({"true, ENFORCE", "false, ENFORCE", "true, AUDIT"})
    void exemptRequest_goesUnsignedWhateverTheKey(boolean key, EndpointMode mode) {
        RequestSigner signer = signer(new ChannelState(key ? Optional.of(key()) : Optional.empty(), true, true, Map.of(Endpoint.WIRESERVER, mode)));
        assertEquals("EXEMPT", describe(signer.endorse(Endpoint.WIRESERVER, head("PUT", "/vmAgentLog"), NO_BODY, true)));
    }

    @Test
    void exemptTarget_atAnEndpointThatDoesNotServeIt_isSigned() {
        assertEquals("SIGNED", describe(latched().endorse(Endpoint.IMDS, head("PUT", "/vmAgentLog"), NO_BODY, true)));
        assertEquals("SIGNED", describe(latched().endorse(Endpoint.HOSTGA, head("POST", "/machine/?comp=telemetrydata"), NO_BODY, true)));
    }

    @Test
    void exemptRequest_beforeTheHostIsKnown_isRefused() {
        assertEquals("CHANNEL_UNKNOWN", describe(signer(ChannelState.UNKNOWN).endorse(Endpoint.WIRESERVER, head("PUT", "/vmAgentLog"), NO_BODY, true)));
    }

    @Test
    void fieldsOfTheClient_thatAreOursToSet_areReplaced() {
        RequestHead forged = head(
                "GET", "/", HeaderField.AUTHORIZATION, "Azure-HMAC-SHA256 forged", "accept", "*/*", HeaderField.CLAIMS, "{ \"isRoot\": \"true\"}", HeaderField.DATE, "never");
        Signed signed = assertInstanceOf(Signed.class, latched().endorse(Endpoint.IMDS, forged, NO_BODY, false));
        List<HeaderField> fields = signed.head().headers();
        assertEquals(List.of("accept", HeaderField.CLAIMS, HeaderField.DATE, HeaderField.AUTHORIZATION), fields.stream().map(HeaderField::name).toList());
        assertEquals("{ \"isRoot\": \"false\"}", fields.get(1).value());
        assertEquals(DATE, fields.get(2).value());
        assertEquals("Azure-HMAC-SHA256 " + GUID + " ", fields.get(3).value().substring(0, 55));
        assertEquals(55 + 64, fields.get(3).value().length());
        assertEquals(GUID, signed.keyGuid());
    }

    @Test
    void unsignedRequest_carriesNoAuthorizationOfTheClient() {
        RequestSigner signer = signer(new ChannelState(Optional.empty(), true, false, Map.of()));
        Unsigned unsigned = assertInstanceOf(
                Unsigned.class, signer.endorse(Endpoint.IMDS, head("GET", "/", HeaderField.AUTHORIZATION, "forged"), NO_BODY, true));
        assertEquals(
                List.of(new HeaderField(HeaderField.CLAIMS, "{ \"isRoot\": \"true\"}"), new HeaderField(HeaderField.DATE, DATE)), unsigned.head().headers());
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/a?b=c, /a?b=c",
        "http://169.254.169.254?b=c,   /?b=c",
        "http://169.254.169.254,       /",
        "/a/%7Eb?,                     /a/%7Eb?",
        "*,                            *",
    })
    void target_goesOutInOriginForm(String received, String sent) {
        Signed signed = assertInstanceOf(Signed.class, latched().endorse(Endpoint.IMDS, head("GET", received), NO_BODY, false));
        assertEquals(sent, signed.head().target());
    }

    @Test
    void absoluteForm_isSignedLikeItsOriginForm() {
        Signed absolute = assertInstanceOf(Signed.class, latched().endorse(Endpoint.IMDS, head("GET", "http://169.254.169.254?b=c"), NO_BODY, false));
        Signed origin = assertInstanceOf(Signed.class, latched().endorse(Endpoint.IMDS, head("GET", "/?b=c"), NO_BODY, false));
        assertEquals(origin, absolute);
    }

    @Test
    void body_takesPartInTheSignature_andStaysAsItIs() {
        byte[] body = "payload".getBytes(StandardCharsets.US_ASCII);
        Endorsement one = latched().endorse(Endpoint.IMDS, head("POST", "/"), body, false);
        body[0] = 'P';
        Endorsement other = latched().endorse(Endpoint.IMDS, head("POST", "/"), body, false);
        assertFalse(one.equals(other));
        assertEquals("Payload", new String(body, StandardCharsets.US_ASCII));
    }

    @Test
    void endorse_inspectsWhatNobodyInspectedBefore() {
        assertEquals("HEADER_REPEATED", describe(latched().endorse(Endpoint.IMDS, head("GET", "/", "host", "a", "host", "b"), NO_BODY, false)));
        assertEquals("BODY_LENGTH", describe(latched().endorse(Endpoint.IMDS, head("POST", "/"), new byte[102_401], false)));
        assertEquals("SIGNED", describe(latched().endorse(Endpoint.IMDS, head("POST", "/"), new byte[102_400], false)));
    }

    @Test
    void endorseWith_usesTheGivenKey_whateverTheChannel() {
        Endorsement endorsement = signer(ChannelState.UNKNOWN).endorseWith(key(), Endpoint.WIRESERVER, head("POST", "/secure-channel/key/" + GUID + "/key-attestation"), NO_BODY);
        Signed signed = assertInstanceOf(Signed.class, endorsement);
        assertEquals("{ \"isRoot\": \"true\"}", signed.head().last(HeaderField.CLAIMS).orElseThrow());
    }

    @Test
    void endorseUnsigned_addsDateAndClaimsOnly() {
        Endorsement endorsement = latched().endorseUnsigned(Endpoint.WIRESERVER, head("GET", "/secure-channel/status", "metadata", "True"));
        Unsigned unsigned = assertInstanceOf(Unsigned.class, endorsement);
        assertEquals(UnsignedReason.OWN_UNSIGNED, unsigned.reason());
        assertEquals(List.of("metadata", HeaderField.CLAIMS, HeaderField.DATE), unsigned.head().headers().stream().map(HeaderField::name).toList());
    }

    @Test
    void noSignature_appearsInTheTextOfAnOutcome() {
        Signed signed = assertInstanceOf(Signed.class, latched().endorse(Endpoint.IMDS, head("GET", "/"), NO_BODY, false));
        String value = signed.head().last(HeaderField.AUTHORIZATION).orElseThrow();
        assertFalse(signed.toString().contains(value.substring(55)), signed.toString());
    }

    private static String describe(Endorsement endorsement) {
        return endorsement.fold(signed -> "SIGNED", unsigned -> unsigned.reason().name(), refused -> refused.reason().name());
    }

    private static RequestSigner latched() {
        return signer(new ChannelState(Optional.of(key()), true, true, Map.of()));
    }

    private static RequestSigner signer(ChannelState state) {
        return new RequestSigner(() -> state, () -> DATE);
    }

    static SigningKey key() {
        byte[] hex = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF".getBytes(StandardCharsets.US_ASCII);
        return SigningKey.takeHex(new KeyDescription(GUID, OptionalLong.empty(), ""), hex);
    }
}
