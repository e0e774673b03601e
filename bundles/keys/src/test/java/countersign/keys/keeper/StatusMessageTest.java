package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusMessageTest {
    @Test
    void textThatFits_isKept() {
        assertEquals("a".repeat(1024), StatusMessage.cut("a".repeat(1024)));
        assertEquals("\u00e4".repeat(512), StatusMessage.cut("\u00e4".repeat(512)));
    }

    @Test
    void longerText_isCutAndMarked() {
        assertEquals("a".repeat(1024) + "...", StatusMessage.cut("a".repeat(1025)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e4", "\u20ac", "\uD83D\uDE00"})
    void characterOnTheLimit_isDroppedWhole(String character) {
        assertEquals("a".repeat(1023) + "...", StatusMessage.cut("a".repeat(1023) + character));
    }
}
