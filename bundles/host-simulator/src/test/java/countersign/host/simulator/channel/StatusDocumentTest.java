package countersign.host.simulator.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusDocumentTest {
    private static final String HEAD = "{\"authorizationScheme\":\"Azure-HMAC-SHA256\",\"keyDeliveryMethod\":\"http\",";

    @ParameterizedTest
    @CsvSource({"enforce, ENFORCE, ENFORCE", "audit, AUDIT, AUDIT", "disabled, DISABLED, DISABLED",
        "wireserver, ENFORCE, AUDIT", "wireserverandimds, ENFORCE, ENFORCE"})
    void preset_meansItsModes(String name, Mode wireserver, Mode imds) {
        assertModes(StatusDocument.preset(name), wireserver, imds);
    }

    @ParameterizedTest
    @CsvSource({"Wireserver, ENFORCE, AUDIT", "WireserverAndImds, ENFORCE, ENFORCE", "DISABLED, DISABLED, DISABLED"})
    void version1_modesFollowTheState_ignoringCase(String state, Mode wireserver, Mode imds) {
        assertModes(parse(HEAD + "\"version\":\"1.0\",\"secureChannelState\":\"" + state + "\"}"), wireserver, imds);
    }

    @Test
    void version2_modesFollowTheItems_alsoWhenTheChannelIsOff() {
        assertModes(parse(HEAD + "\"version\":\"2.0\",\"secureChannelEnabled\":false,\"authorizationRules\":{"
                + "\"wireserver\":{\"defaultAccess\":\"deny\",\"mode\":\"Audit\",\"id\":\"w\"},"
                + "\"hostga\":{\"defaultAccess\":\"deny\",\"mode\":\"enforce\",\"id\":\"h\"}}}"), Mode.AUDIT, Mode.DISABLED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"version\":\"1.0\",\"secureChannelState\":\"Audit\"|secureChannelState audit: expected Disabled, Wireserver or WireserverAndImds in version 1.0",
        "\"version\":\"1.0\"|secureChannelState : expected Disabled, Wireserver or WireserverAndImds in version 1.0",
        "\"version\":\"2.0\"|secureChannelEnabled: expected true or false in a document of version 2.0",
        "\"version\":\"3.0\",\"secureChannelEnabled\":true|version 3.0: expected 1.0 or 2.0",
        "\"secureChannelEnabled\":true|version null: expected 1.0 or 2.0",
        "\"version\":\"2.0\",\"secureChannelEnabled\":true,\"authorizationRules\":{\"imds\":{\"defaultAccess\":\"allow\",\"mode\":\"strict\",\"id\":\"i\"}}|mode strict: expected disabled, audit or enforce",
        "\"version\":\"2.0\",\"secureChannelEnabled\":true,\"authorizationRules\":{\"imds\":{\"mode\":\"audit\",\"id\":\"i\"}}|authorizationRules.imds.defaultAccess: expected a string"})
    void documentAnAgentMustRefuse_isRefused(String members, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> parse(HEAD + members + "}")).getMessage());
    }

    @Test
    void otherSchemeOrDelivery_isRefused() {
        assertEquals("authorizationScheme None: expected Azure-HMAC-SHA256", assertThrows(IllegalArgumentException.class,
                () -> parse("{\"authorizationScheme\":\"None\"}")).getMessage());
        assertEquals("keyDeliveryMethod vtpm: expected http", assertThrows(IllegalArgumentException.class,
                () -> parse("{\"authorizationScheme\":\"Azure-HMAC-SHA256\",\"keyDeliveryMethod\":\"vtpm\"}")).getMessage());
        assertThrows(IllegalArgumentException.class, () -> parse("[]"));
        assertThrows(IllegalArgumentException.class, () -> parse("{"));
    }

    @Test
    void keyGuid_isThatOfTheLifeCycle_andTheRestIsServedUnchanged() {
        String text = HEAD + "\"keyGuid\":\"from the file\",\"version\":\"1.0\",\"secureChannelState\":\"Wireserver\",\"more\":[1,2]}";
        assertEquals(text.replace("from the file", "g"), new String(parse(text).toJson("g"), UTF_8));
        assertEquals(text.replace("\"from the file\"", "null"), new String(parse(text).toJson(null), UTF_8));
    }

    private static StatusDocument parse(String json) {
        return StatusDocument.parse(json.getBytes(UTF_8));
    }

    private static void assertModes(StatusDocument document, Mode wireserver, Mode imds) {
        assertEquals(wireserver, document.mode(Service.WIRESERVER));
        assertEquals(wireserver, document.mode(Service.HOSTGA));
        assertEquals(imds, document.mode(Service.IMDS));
    }
}
