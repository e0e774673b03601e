package countersign.authorization.engine.canonical;

/** Carries an error out of the stages. One object per error, without a stack trace: throwing it costs no more than returning. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final CanonicalError error;

    Refusal(CanonicalError error) {
        super(error.name(), null, false, false);
        this.error = error;
    }

    CanonicalError error() {
        return error;
    }
}
