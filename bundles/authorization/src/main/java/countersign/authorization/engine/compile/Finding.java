package countersign.authorization.engine.compile;

import static java.util.Objects.requireNonNull;

/**
 * Something the compiler did with a document that its author may not expect.
 *
 * @param service {@code imds} or {@code wireserver}
 * @param subject what it is about, for example {@code privilege "token"}
 */
public record Finding(Level level, String service, String subject, String message) {
    /** How much it matters. */
    public enum Level {
        WARN,
        ERROR
    }

    public Finding {
        requireNonNull(level, "level");
        requireNonNull(service, "service");
        requireNonNull(subject, "subject");
        requireNonNull(message, "message");
    }

    @Override
    public String toString() {
        return service + ", " + subject + ": " + message;
    }
}
