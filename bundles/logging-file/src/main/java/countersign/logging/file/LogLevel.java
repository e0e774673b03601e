package countersign.logging.file;

import java.util.Locale;
import java.util.logging.Level;

/** The levels of the configuration file (telemetry.md section 1.2) and those of java.util.logging behind SLF4J. */
enum LogLevel {
    ERROR(Level.SEVERE),
    WARN(Level.WARNING),
    INFO(Level.INFO),
    DEBUG(Level.FINE),
    TRACE(Level.FINEST);

    private final Level threshold;

    LogLevel(Level threshold) {
        this.threshold = threshold;
    }

    /** Reads a configured level ignoring case; what is none of the five is {@link #INFO} (secure-channel.md section 12). */
    static LogLevel parse(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        for (LogLevel level : values()) {
            if (level.name().equals(name)) {
                return level;
            }
        }
        return INFO;
    }

    static LogLevel of(Level level) {
        for (LogLevel candidate : values()) {
            if (level.intValue() >= candidate.threshold.intValue()) {
                return candidate;
            }
        }
        return TRACE;
    }

    /** Records of this level or a greater one pass. */
    Level threshold() {
        return threshold;
    }
}
