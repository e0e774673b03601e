package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class XmlTextTest {
    @Test
    void escapedText_hasNoneOfTheFive() {
        StringBuilder out = new StringBuilder();
        XmlText.escape("a&b'c\"d<e>]]>é😀", out);
        assertEquals("a&amp;b&apos;c&quot;d&lt;e&gt;]]&gt;é😀", out.toString());
    }

    @Test
    void escapedText_isLegal() {
        StringBuilder out = new StringBuilder();
        XmlText.escape("\u0000\u0008\u000B\uD800\uFFFF", out);
        assertEquals("\uFFFD".repeat(5), out.toString());
    }

    @Test
    void legalText_isTheSameObject() {
        String text = "tab\tnewline\n\u0085\uFFFD😀";
        assertSame(text, XmlText.legal(text));
    }

    @Test
    void halves_areReplacedOneByOne() {
        assertEquals("\uFFFD\uD83D\uDE00\uFFFD", XmlText.legal("\uD83D\uD83D\uDE00\uDE00"));
    }
}
