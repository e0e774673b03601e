package countersign.logfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogTextTest {
    @Test
    void timestamp_alwaysHasThreeDigitsOfFraction() {
        assertEquals("2026-03-04T05:06:07.000", LogText.timestamp(Instant.parse("2026-03-04T05:06:07Z")));
        assertEquals("2026-03-04T05:06:07.089", LogText.timestamp(Instant.parse("2026-03-04T05:06:07.089999Z")));
    }

    @Test
    void plainText_staysAsItIs() {
        assertEquals("größe \uD83D\uDE00 \\n", LogText.line("größe \uD83D\uDE00 \\n", 100));
    }

    @Test
    void controlCharacters_areEscaped() {
        assertEquals("a\\u000a2026 [ERROR]\\u001b[2J\\u007f\\u2028\\u202e", LogText.line("a\n2026 [ERROR]\u001b[2J\u007f\u2028\u202e", 100));
    }

    @Test
    void longText_isCutBetweenCharacters() {
        assertEquals("abc...", LogText.cut("abcd", 3));
        assertEquals("ab...", LogText.cut("ab\uD83D\uDE00", 3));
        assertEquals("ab\uD83D\uDE00", LogText.cut("ab\uD83D\uDE00", 4));
    }
}
