package countersign.logging.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {
    @Test
    void head_isPaddedTo34Characters() {
        assertEquals("2026-03-04T05:06:07.089 [WARN]    countersign.keys: poll failed\n", LogLine.of(record(Level.WARNING, "poll failed")));
        assertEquals("2026-03-04T05:06:07.089 [TRACE]   countersign.keys: x\n", LogLine.of(record(Level.FINEST, "x")));
    }

    @Test
    void lineBreaks_doNotMakeLines() {
        String line = LogLine.of(record(Level.INFO, "GET /\n2026-01-01 [ERROR] forged"));
        assertEquals("2026-03-04T05:06:07.089 [INFO]    countersign.keys: GET /\\u000a2026-01-01 [ERROR] forged\n", line);
    }

    @Test
    void exception_staysOnTheLineWithItsCause() {
        LogRecord record = record(Level.SEVERE, "stopped");
        record.setThrown(new IllegalStateException("outer\nline", new java.io.IOException("inner")));
        String line = LogLine.of(record);
        assertEquals(line.length() - 1, line.indexOf('\n'));
        assertTrue(line.contains("stopped | java.lang.IllegalStateException: outer\\u000aline at countersign.logging.file.LogLineTest."), line);
        assertTrue(line.contains(" | java.io.IOException: inner at "), line);
    }

    @Test
    void configuredLevels_areReadIgnoringCase() {
        assertEquals(LogLevel.TRACE, LogLevel.parse("tRace"));
        assertEquals(LogLevel.ERROR, LogLevel.parse("Error"));
        assertEquals(LogLevel.INFO, LogLevel.parse("verbose"));
    }

    private static LogRecord record(Level level, String message) {
        LogRecord record = new LogRecord(level, message);
        record.setLoggerName("countersign.keys");
        record.setInstant(Instant.parse("2026-03-04T05:06:07.089Z"));
        return record;
    }
}
