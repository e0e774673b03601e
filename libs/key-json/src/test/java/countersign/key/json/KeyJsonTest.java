package countersign.key.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyJsonTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String HEX = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";
    private static final String GOOD = "{\"authorizationScheme\":\"Azure-HMAC-SHA256\",\"guid\":\"" + GUID
            + "\",\"incarnationId\":1,\"issued\":\"2025-01-14T09:08:07Z\",\"key\":\"" + HEX + "\"}";

    @Test
    void document_ofTheHost_isRead() throws Exception {
        SigningKey key = take(GOOD);
        assertEquals(new KeyDescription(GUID, OptionalLong.of(1), "2025-01-14T09:08:07Z"), key.description());
        assertEquals(HEX, hex(key));
    }

    @Test
    void document_isOverwritten_alsoWhenRefused() {
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        byte[] bad = GOOD.replace("}", "").getBytes(StandardCharsets.UTF_8);
        assertThrows(KeyFormatException.class, () -> KeyJson.take(bad, bad.length));
        assertEquals(GUID, assertTake(good).guid());
        assertArrayEquals(new byte[good.length], good);
        assertArrayEquals(new byte[bad.length], bad);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "4294967295", "0"})
    void incarnation_inRange_isRead(String number) throws Exception {
        OptionalLong expected = number.equals("null") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(number));
        assertEquals(expected, take(GOOD.replace("\"incarnationId\":1", "\"incarnationId\":" + number)).description().incarnation());
    }

    @Test
    void unknownMembers_evenRepeated_areIgnored() throws Exception {
        assertEquals(GUID, take(GOOD.replaceFirst("\\{", "{\"x\":[{\"key\":1}],\"x\":{},")).guid());
    }

    @Test
    void lowerCaseKey_isRead() throws Exception {
        assertEquals(HEX, hex(take(GOOD.replace(HEX, HEX.toLowerCase()))));
    }

    @Test
    void escapedKey_isRead() throws Exception {
        assertEquals(HEX, hex(take(GOOD.replace(HEX, "\\u0042" + HEX.substring(1)))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\"incarnationId\":1 | \"incarnationId\":-1 | member incarnationId: expected 0 to 4294967295, got another number",
        "\"incarnationId\":1 | \"incarnationId\":4294967296 | member incarnationId: expected 0 to 4294967295, got another number",
        "\"incarnationId\":1 | \"incarnationId\":99999999999999999999999 | member incarnationId: expected 0 to 4294967295, got another number",
        "\"incarnationId\":1 | \"incarnationId\":1.0 | member incarnationId: expected a whole number, got something else",
        "\"incarnationId\":1 | \"incarnationId\":\"1\" | member incarnationId: expected a whole number, got something else",
        "Azure-HMAC-SHA256 | azure-hmac-sha256 | member authorizationScheme: expected Azure-HMAC-SHA256, got another text",
        "\"guid\" | \"Guid\" | 'member guid: expected, got none'",
        "\"key\" | \"Key\" | 'member key: expected, got none'",
        "\"issued\" | \"guid\" | 'member guid: expected once, got it twice'",
        "3d9a6c1e-52b7 | ../../../etc | 'key guid: expected 8-4-4-4-12 hexadecimal digits that are not all zero'",
        "B7E1 | B7 | 'key: expected 64 hexadecimal digits, got 62 bytes'",
        "B7E1 | B7EX | 'key: expected 64 hexadecimal digits, got another character among them'",
        "B7E1 | B7Eé | 'key: expected 64 hexadecimal digits, got another character among them'",
    })
    void defect_isRefusedByName(String what, String with, String message) {
        assertEquals(message, assertThrows(KeyFormatException.class, () -> take(GOOD.replace(what, with))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"key\":\"" + HEX, GOOD + "x", GOOD + GOOD, "\"" + HEX + "\"", HEX, "{" + HEX + ":1}"})
    void somethingElse_isRefusedWithoutQuotingIt(String text) {
        KeyFormatException refusal = assertThrows(KeyFormatException.class, () -> take(text));
        assertFalse(refusal.getMessage().contains(HEX.substring(0, 8)), refusal.getMessage());
        assertEquals(null, refusal.getCause());
    }

    @Test
    void utf16_isRefused() {
        byte[] wide = GOOD.getBytes(StandardCharsets.UTF_16LE);
        assertEquals("expected UTF-8, got a zero byte at 1 of " + wide.length,
                assertThrows(KeyFormatException.class, () -> KeyJson.take(wide, wide.length)).getMessage());
    }

    @Test
    void deepNesting_isRefused() {
        assertThrows(KeyFormatException.class, () -> take("{\"x\":" + "[".repeat(200) + "]".repeat(200) + "}"));
    }

    private static SigningKey assertTake(byte[] bytes) {
        try {
            return KeyJson.take(bytes, bytes.length);
        } catch (KeyFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static SigningKey take(String text) throws KeyFormatException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return KeyJson.take(bytes, bytes.length);
    }

    private static String hex(SigningKey key) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        key.writeHexTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
