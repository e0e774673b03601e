package countersign.authorization.engine.decision;

/** Which rules of authorization.md decide. */
public enum Profile {
    /** What the reference does: sections 2 to 9. */
    COMPAT,
    /** {@link #COMPAT} tightened by section 10; never allows what compat denies. */
    STRICT
}
