package countersign.host.simulator.telemetry;

/** A document that is not what host-endpoints.md section 6 describes. The message says what was expected and quotes nothing. */
final class MalformedTelemetry extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedTelemetry(String message) {
        super(message);
    }
}
