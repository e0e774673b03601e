package countersign.keys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyTest {
    private static final String HEX = "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89";
    private static final KeyDescription DESCRIPTION =
            new KeyDescription("c0ffee12-0b5e-4d3a-8f61-77e2d4b9a610", OptionalLong.of(1), "2025-01-14T09:08:07Z");

    @Test
    void sign_isHmacSha256OverTheConcatenationOfItsParts() {
        // signing.md vector imds-proxied-get
        String message = "GET\n\naccept:*/*\nhost:169.254.169.254\nmetadata:true\nuser-agent:probe/1.4\n"
                + "x-ms-azure-host-claims:{ \"isRoot\": \"false\"}\nx-ms-azure-host-date:Tue, 14 Jan 2025 09:08:07 GMT\n"
                + "/metadata/instance\napi-version=2021-02-01&format=json";
        byte[] head = message.substring(0, 20).getBytes(US_ASCII);
        byte[] rest = message.substring(20).getBytes(US_ASCII);
        assertEquals("6184b4353d708aa47e39647807bbcab21fd2ae3112bba2d0060b14bbb16aadff", key(HEX).sign(head, rest));
    }

    @Test
    void takeHex_overwritesWhatItWasGiven_alsoWhenItRefuses() {
        byte[] good = HEX.getBytes(US_ASCII);
        SigningKey.takeHex(DESCRIPTION, good);
        assertArrayEquals(new byte[64], good);
        byte[] bad = HEX.replace('f', 'g').getBytes(US_ASCII);
        assertThrows(IllegalArgumentException.class, () -> SigningKey.takeHex(DESCRIPTION, bad));
        assertArrayEquals(new byte[64], bad);
    }

    @Test
    void takeHex_refusalDoesNotQuoteTheKey() {
        var e = assertThrows(IllegalArgumentException.class, () -> key(HEX.replace('f', 'g')));
        assertEquals("key: expected 64 hexadecimal digits, got another character among them", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> key("abc"));
        assertEquals("key: expected 64 hexadecimal digits, got 3 bytes", e.getMessage());
    }

    @Test
    void writeHexTo_writesWhatTakeHexReads() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        key(HEX).writeHexTo(out);
        assertEquals(HEX.toUpperCase(java.util.Locale.ROOT), out.toString(US_ASCII));
        assertTrue(key(out.toString(US_ASCII)).sameKeyAs(key(HEX)));
        assertFalse(key(HEX.replace('2', '3')).sameKeyAs(key(HEX)));
    }

    @Test
    void toString_namesTheGuidOnly() {
        assertEquals("key c0ffee12-0b5e-4d3a-8f61-77e2d4b9a610", key(HEX).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "00000000-0000-0000-0000-000000000000", "c0ffee12-0b5e-4d3a-8f61-77e2d4b9a61", "c0ffee12-0b5e-4d3a-8f61-77e2d4b9a610/",
        "g0ffee12-0b5e-4d3a-8f61-77e2d4b9a610"})
    void guid_thatCouldNotBeAFileName_isRefused(String guid) {
        assertThrows(IllegalArgumentException.class, () -> new KeyDescription(guid, OptionalLong.empty(), ""));
    }

    private static SigningKey key(String hex) {
        return SigningKey.takeHex(DESCRIPTION, hex.getBytes(US_ASCII));
    }
}
