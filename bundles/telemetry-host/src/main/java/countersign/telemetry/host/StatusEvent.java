package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

/**
 * The periodic report of the agent's status (telemetry.md section 6.2).
 *
 * @param success whether the overall status was {@code SUCCESS}
 * @param message the status as compact JSON
 * @param durationMillis since the one before
 */
record StatusEvent(Origin origin, String timeStamp, boolean success, String message, long durationMillis) implements HostEvent {
    StatusEvent {
        requireNonNull(origin, "origin");
        requireNonNull(timeStamp, "timeStamp");
        requireNonNull(message, "message");
        durationMillis = Math.max(0, durationMillis); // the host takes an unsigned number (telemetry.md Q17)
    }

    @Override
    public EventKind kind() {
        return EventKind.STATUS;
    }

    @Override
    public String taskName() {
        return "loop_status";
    }
}
