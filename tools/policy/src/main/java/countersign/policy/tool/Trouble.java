package countersign.policy.tool;

/** Ends a command with a message for the person who called it. */
final class Trouble extends Exception {
    private static final long serialVersionUID = 1;

    Trouble(String message) {
        super(message);
    }

    Trouble(String message, Throwable cause) {
        super(message, cause);
    }
}
