package countersign.logging.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    void secrets_areReplacedInMessagesAndCauses() {
        LogRecord record = record(Level.WARNING, "no answer to GET /blob?sig=hidden1&x=1, authorization: Azure-HMAC-SHA256 guid hidden2");
        record.setThrown(new java.io.IOException("https://user:hidden3@host", new java.io.IOException("password: hidden4")));
        String line = LogLine.of(record);
        assertTrue(line.contains("GET /blob?[REDACTED]&x=1, [REDACTED] | java.io.IOException: [REDACTED] at "), line);
        assertTrue(line.contains(" | java.io.IOException: [REDACTED] at "), line);
        assertFalse(line.contains("hidden"), line);
    }

    @Test
    void secretAcrossTheLimit_isReplacedBeforeTheCut() {
        String line = LogLine.of(record(Level.INFO, "x".repeat(8150) + " key: " + "A".repeat(43) + "="));
        assertTrue(line.endsWith(" [REDACTED]\n"), line.substring(8100));
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
