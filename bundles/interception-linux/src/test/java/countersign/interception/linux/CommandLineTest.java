package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    @ParameterizedTest
    @CsvSource(emptyValue = "", value = {
        "'a0b0c0d0e0', 'a b c d'",
        "'a00b0c0', 'a b c'",
        "'a', 'a'",
        "'00', ''",
        "'curl0-u0x0pwd=s', 'curl -u x [REDACTED]'",
        "'curl0pwd=s0x0y0z', 'curl [REDACTED]'"
    })
    void arguments_becomeFourRedactedWords(String zeroSeparated, String expected) {
        assertEquals(expected, CommandLine.of(zeroSeparated.replace('0', '\0').getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void malformedUtf8_isReplaced() {
        assertEquals("a\ufffdb", CommandLine.of(new byte[] {'a', (byte) 0xff, 'b', 0}));
    }
}
