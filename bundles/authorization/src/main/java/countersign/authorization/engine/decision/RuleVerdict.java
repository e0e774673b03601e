package countersign.authorization.engine.decision;

import countersign.authorization.engine.canonical.CanonicalError;

/**
 * The outcome of one rule evaluation, before audit mode softens it and apart from elevation.
 *
 * @param error why the target has no canonical form or was refused by a strict check; {@code null} when rules spoke
 * @param evaluation the run that decided; {@code null} when none took place
 */
record RuleVerdict(boolean allowed, CanonicalError error, Evaluation evaluation) {
    /** Rules are switched off for this service. */
    static final RuleVerdict DISABLED = new RuleVerdict(true, null, null);

    static RuleVerdict of(Evaluation evaluation) {
        return new RuleVerdict(evaluation.allowed(), null, evaluation);
    }

    static RuleVerdict refused(CanonicalError error) {
        return new RuleVerdict(false, error, null);
    }

    /** Whether it was the compat matcher that said no. */
    boolean isDeniedByCompatMatcher() {
        return !allowed && evaluation != null && !evaluation.isCanonical();
    }

    /** For the log: {@code allow}, {@code deny} or {@code error:CODE}. */
    String label() {
        return error != null ? "error:" + error.code() : allowed ? "allow" : "deny";
    }
}
