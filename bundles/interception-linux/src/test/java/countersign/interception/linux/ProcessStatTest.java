package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessStatTest {
    private static final String AFTER_NAME = " S 1 7 7 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 987654 4333568 1072 1844";

    @ParameterizedTest
    @ValueSource(strings = {"(cat)", "(a b)", "(a) b (c))", "()", "(:-) S 1 2 3)", "((sd-pam))"})
    void startTicks_isField22WhateverTheNameHolds(String name) {
        assertEquals(987654, parse("4711 " + name + AFTER_NAME + "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4711 (cat) S 1 2", "4711 cat S", "4711 (cat) S 1 7 7 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 x 4"})
    void startTicks_otherText_isRefused(String line) {
        assertThrows(IllegalArgumentException.class, () -> parse(line));
    }

    @Test
    void ownStartTicks_equalsAnyOtherWayToReadIt() throws Exception {
        assertEquals(ProcessStat.startTicksOf((int) ProcessHandle.current().pid()), ProcessStat.ownStartTicks());
    }

    @Test
    void startTicksOf_noSuchProcess_isMinusOne() {
        assertEquals(-1, ProcessStat.startTicksOf(Integer.MAX_VALUE));
    }

    private static long parse(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return ProcessStat.startTicks(ByteBuffer.wrap(bytes), bytes.length);
    }
}
