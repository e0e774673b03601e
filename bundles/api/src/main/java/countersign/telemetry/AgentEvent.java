package countersign.telemetry;

import java.time.Instant;

/** Something the agent tells the world. Immutable; free of secrets. */
public sealed interface AgentEvent permits AuditEvent, NoticeEvent {
    /** When it happened, by the system clock. */
    Instant time();
}
