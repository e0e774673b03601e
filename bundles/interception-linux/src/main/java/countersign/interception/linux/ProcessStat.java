package countersign.interception.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the start time from a {@code /proc/PID/stat} line. */
final class ProcessStat {
    /** The command name in parentheses is field 2 and may itself hold blanks and parentheses; what follows its last one is field 3. */
    private static final int FIELDS_AFTER_NAME_BEFORE_START = 19;
    static final long NS_PER_TICK = 10_000_000;

    private ProcessStat() {}

    /**
     * Field 22 of the line in {@code [0, length)}: start of the thread group's leader in ticks of 1/100 s since boot.
     *
     * @throws IllegalArgumentException when the line is not a stat line
     */
    static long startTicks(ByteBuffer line, int length) {
        int at = lastIndexOf(line, length, ')') + 1;
        for (int blanks = 0; blanks <= FIELDS_AFTER_NAME_BEFORE_START; at++) {
            if (at >= length) {
                throw new IllegalArgumentException("stat line: expected 22 fields in " + length + " bytes");
            }
            if (line.get(at) == ' ') {
                blanks++;
            }
        }
        return number(line, at, length);
    }

    /** Start of the running process. */
    static long ownStartTicks() throws IOException {
        byte[] line = Files.readAllBytes(Path.of("/proc/self/stat"));
        return startTicks(ByteBuffer.wrap(line), line.length);
    }

    /** Start of process {@code pid}, or -1 when there is none. */
    static long startTicksOf(int pid) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            return startTicks(ByteBuffer.wrap(line), line.length);
        } catch (IOException e) {
            return -1;
        }
    }

    private static int lastIndexOf(ByteBuffer line, int length, char wanted) {
        for (int i = length - 1; i >= 0; i--) {
            if (line.get(i) == wanted) {
                return i;
            }
        }
        throw new IllegalArgumentException("stat line: expected a name in parentheses");
    }

    private static long number(ByteBuffer line, int from, int length) {
        long value = 0;
        int at = from;
        while (at < length && line.get(at) >= '0' && line.get(at) <= '9') {
            value = value * 10 + line.get(at) - '0';
            at++;
        }
        if (at == from) {
            throw new IllegalArgumentException("stat line: expected a number in field 22");
        }
        return value;
    }
}
