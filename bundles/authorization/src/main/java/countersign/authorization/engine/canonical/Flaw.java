package countersign.authorization.engine.canonical;

/**
 * Takes the first error out of the stages: what finds one reports it here and returns {@code null}. An exception would do the same at the price
 * of unwinding the stack, which for hostile targets is most of the work. For one thread and one canonicalisation.
 */
final class Flaw {
    private CanonicalError error;

    /** Reports an error; returns {@code null} so that a method can end with it. */
    <T> T is(CanonicalError found) {
        error = found;
        return null;
    }

    CanonicalError error() {
        return error;
    }
}
