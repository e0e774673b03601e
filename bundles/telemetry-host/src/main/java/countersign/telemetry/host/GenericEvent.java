package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

/**
 * A generic event, the same in memory and in event files (telemetry.md section 3.1).
 *
 * @param message as {@link MessageText} makes it
 * @param eventPid decimal
 * @param eventTid decimal, at least 8 digits
 */
record GenericEvent(
        String eventLevel,
        String message,
        String version,
        String taskName,
        String eventPid,
        String eventTid,
        String operationId,
        String timeStamp)
        implements HostEvent {
    GenericEvent {
        requireNonNull(eventLevel, "eventLevel");
        requireNonNull(message, "message");
        requireNonNull(version, "version");
        requireNonNull(taskName, "taskName");
        requireNonNull(eventPid, "eventPid");
        requireNonNull(eventTid, "eventTid");
        requireNonNull(operationId, "operationId");
        requireNonNull(timeStamp, "timeStamp");
    }

    @Override
    public EventKind kind() {
        return EventKind.GENERIC;
    }
}
