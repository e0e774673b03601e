package countersign.authorization.engine.decision;

import java.util.Locale;
import java.util.Optional;

/** The configuration member {@code canonicalRequestMode} (canonicalization.md section 1). */
public enum CanonicalMode {
    /** Compat decides. */
    OFF(Profile.COMPAT),
    /** Compat decides, differences of strict are reported. */
    SHADOW(Profile.COMPAT),
    /** Strict decides. */
    ENFORCE(Profile.STRICT);

    private final Profile profile;

    CanonicalMode(Profile profile) {
        this.profile = profile;
    }

    public Profile profile() {
        return profile;
    }

    /** Trimmed, ignoring case; an empty text is {@link #OFF}; empty result for a word that is none of the three. */
    public static Optional<CanonicalMode> parse(String text) {
        return switch (text.trim().toLowerCase(Locale.ROOT)) {
            case "", "off" -> Optional.of(OFF);
            case "shadow" -> Optional.of(SHADOW);
            case "enforce" -> Optional.of(ENFORCE);
            default -> Optional.empty();
        };
    }
}
