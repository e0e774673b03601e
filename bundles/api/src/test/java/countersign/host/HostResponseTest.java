package countersign.host;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.request.HeaderField;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostResponseTest {
    @Test
    void asciiBody_isNotCopied() throws Exception {
        HostResponse answer = answer("application/json", "{}".getBytes(UTF_8));
        assertSame(answer.body(), answer.utf8());
    }

    @Test
    void utf16Body_isReadAsLittleEndian() throws Exception {
        assertArrayEquals("{\"ä\":1}".getBytes(UTF_8), answer("application/json; charset=UTF-16", "{\"ä\":1}".getBytes(UTF_16LE)).utf8());
    }

    @Test
    void badBytes_areReplaced() throws Exception {
        assertEquals("a\uFFFDb ä", new String(answer("text/plain", new byte[] {'a', (byte) 0xFF, 'b', ' ', (byte) 0xC3, (byte) 0xA4}).utf8(), UTF_8));
    }

    @Test
    void oddUtf16_doesNotFail() throws Exception {
        assertEquals("a\uFFFD", new String(answer("x; charset=utf-16", new byte[] {'a', 0, 'b'}).utf8(), UTF_8));
    }

    @Test
    void utf32_isRefused() {
        assertThrows(CharacterCodingException.class, () -> answer("application/json; charset=utf-32", new byte[8]).utf8());
    }

    @ParameterizedTest
    @CsvSource({"text/xml; charset=utf-8, true", "application/XML, true", "application/json, false", "'', false"})
    void type_decidesXml(String type, boolean xml) {
        assertEquals(xml, answer(type, new byte[0]).isXml());
    }

    private static HostResponse answer(String type, byte[] body) {
        return new HostResponse(200, List.of(new HeaderField("Content-Type", type)), body);
    }
}
