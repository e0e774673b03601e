package countersign.logging.file;

import countersign.logfile.LogText;
import countersign.secrets.Secrets;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;

/** One record as one line: time and level padded to 34 characters (telemetry.md section 1.2), logger, message, cause; without secrets. */
final class LogLine {
    private static final int HEAD = 34;
    private static final int MESSAGE_LIMIT = 8192;
    private static final int FRAMES = 12;
    private static final int CAUSES = 4;
    private static final SimpleFormatter PARAMETERS = new SimpleFormatter();

    private LogLine() {}

    /** Ends with a line feed and holds no other. */
    static String of(LogRecord record) {
        StringBuilder line = new StringBuilder(160);
        line.append(LogText.timestamp(record.getInstant())).append(" [").append(LogLevel.of(record.getLevel())).append(']');
        while (line.length() < HEAD) {
            line.append(' ');
        }
        if (record.getLoggerName() != null) {
            line.append(record.getLoggerName()).append(": ");
        }
        line.append(text(PARAMETERS.formatMessage(record)));
        Throwable cause = record.getThrown();
        for (int depth = 0; cause != null && depth < CAUSES; depth++, cause = cause.getCause()) {
            line.append(" | ").append(text(cause.toString()));
            StackTraceElement[] frames = cause.getStackTrace();
            for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                line.append(" at ").append(frames[i]);
            }
        }
        return line.append('\n').toString();
    }

    /** Redacted before it is cut: half a secret would not be known for one (telemetry.md Q2 and Q9). */
    private static String text(String said) {
        return LogText.line(Secrets.redact(said), MESSAGE_LIMIT);
    }
}
