package countersign.authorization.engine.compile;

/** Rules that must not go live. The message says which and why. */
public final class CompileException extends Exception {
    private static final long serialVersionUID = 1;

    public CompileException(String message) {
        super(message);
    }
}
