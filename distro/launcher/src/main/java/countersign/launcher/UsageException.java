package countersign.launcher;

/** The command line was not understood; the message says which word and what was expected. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
