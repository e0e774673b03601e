package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "€", "😀"})
    void longMessage_isCutBetweenCharacters(String character) {
        int size = character.getBytes(StandardCharsets.UTF_8).length;
        assertEquals(character.repeat(MessageText.LIMIT / size), MessageText.of(character.repeat(5000)));
        assertEquals("a" + character.repeat((MessageText.LIMIT - 1) / size), MessageText.of("a" + character.repeat(5000)));
    }

    @Test
    void messageOfTheLimit_staysWhole() {
        assertEquals("x".repeat(4096), MessageText.of("x".repeat(4096)));
    }

    @Test
    void secretAcrossTheCut_isRedactedFirst() {
        String message = MessageText.of("x".repeat(4085) + " https://h/?sig=abcdefghijklmnop&y=1");
        assertFalse(message.contains("sig="), message.substring(4000));
        assertEquals("x".repeat(4080) + " https://h/?[RED", MessageText.of("x".repeat(4080) + " https://h/?sig=abcdefghijklmnop&y=1"));
    }

    @Test
    void charactersWithoutPlaceInXml_areReplaced_beforeTheCut() {
        assertEquals("a\uFFFDb\uFFFDc\uFFFD\t\r\n\uFFFD😀\uFFFD", MessageText.of("a\0b\u001Fc\uD83D\t\r\n\uFFFE😀\uDE00"));
        assertEquals("\uFFFD".repeat(1365), MessageText.of("\u0001".repeat(5000)));
    }
}
