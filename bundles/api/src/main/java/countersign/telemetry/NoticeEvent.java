package countersign.telemetry;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A change of the agent's own state: a key latched, rules replaced, a module failed.
 *
 * @param module part of the agent, for example {@code key_keeper}
 * @param name what happened, in one word, for example {@code LocalRulesFileParseFailed}
 */
public record NoticeEvent(Instant time, Level level, String module, String name, String message) implements AgentEvent {
    public NoticeEvent {
        requireNonNull(time, "time");
        requireNonNull(level, "level");
        requireNonNull(module, "module");
        requireNonNull(name, "name");
        requireNonNull(message, "message");
    }

    /** How much it matters. */
    public enum Level {
        INFO,
        WARN,
        ERROR
    }
}
