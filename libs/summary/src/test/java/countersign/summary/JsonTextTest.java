package countersign.summary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
    @Test
    void shortText_staysTheSame() {
        String text = "curl \"größe\" \uD83D\uDE00";
        assertSame(text, JsonText.bounded(text, 100));
    }

    @ParameterizedTest
    @CsvSource({"abcd, 4, abcd", "abcde, 4, abcd...", "a\\b, 3, a\\...", "aäb, 7, aä...", "aäb, 6, a..."})
    void text_isBoundedByItsEscapedSize(String text, int limit, String expected) {
        assertEquals(expected, JsonText.bounded(text, limit));
    }

    @Test
    void characterOfTwoHalves_isNotCut() {
        assertEquals("a...", JsonText.bounded("a\uD83D\uDE00", 12));
        assertEquals("a\uD83D\uDE00", JsonText.bounded("a\uD83D\uDE00", 13));
    }

    @Test
    void halfCharacter_isReplaced() {
        assertEquals("a\uFFFDb", JsonText.bounded("a\uD83Db", 100));
        assertEquals("a\uFFFD", JsonText.bounded("a\uDE00", 100));
    }
}
