package countersign.authorization;

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
    CANONICAL
}
