package countersign.launcher;

/** The agent cannot do its duty here; the message says what is missing and what to do. */
final class CannotGuardException extends Exception {
    private static final long serialVersionUID = 1;

    CannotGuardException(String message) {
        super(message);
    }
}
