package countersign.authorization;

import java.util.Locale;

/** The step that decided a request (authorization.md sections 7 and 11). */
public enum Stage {
    METHOD,
    TRAVERSAL,
    EXEMPT,
    DESTINATION,
    ELEVATION,
    NO_RULES,
    RULES,
    /** The target has no canonical form, or a strict check refused it (canonicalization.md sections 2 and 8). */
    CANONICAL;

    /** Name of the stage in answers, events and tools, for example {@code no-rules}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
