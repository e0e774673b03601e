package countersign.telemetry.host;

/** An event as the host is told of it. Immutable, bounded, free of secrets. */
sealed interface HostEvent permits GenericEvent, StatusEvent {
    EventKind kind();

    String taskName();
}
