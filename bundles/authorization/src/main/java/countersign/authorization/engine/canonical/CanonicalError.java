package countersign.authorization.engine.canonical;

/** Why a target has no canonical form, in the order of the stages (canonicalization.md sections 2 and 8). Part of the log contract. */
public enum CanonicalError {
    SCHEME,
    METHOD,
    USERINFO,
    PORT,
    HOST,
    PCT,
    UTF8,
    OVERLONG,
    CTRL,
    NON_ASCII,
    EMBQ,
    UNDERFLOW,
    /** From here on: additional checks of the strict profile. */
    BACKSLASH,
    DOUBLE_PCT,
    DEST,
    DUPKEY;

    private final String code = "CANON_" + name();
    private final Canonical.Refused refused = new Canonical.Refused(this);

    /** For example {@code CANON_PCT}. */
    public String code() {
        return code;
    }

    Canonical.Refused refused() {
        return refused;
    }
}
