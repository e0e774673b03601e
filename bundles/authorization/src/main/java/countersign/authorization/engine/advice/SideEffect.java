package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

import countersign.rules.json.Text;

/**
 * Something else that a change lets pass or refuses, because the rule language cannot tell it from the request.
 *
 * @param subject the path, parameter or names that it is about; empty when it is about none
 */
public record SideEffect(Kind kind, String subject) {
    /** What differs from the request. A request may differ in several of these at once. */
    public enum Kind {
        PATHS_BELOW,
        /** In the strict profile: the change is for one reading only, the other may still refuse some. */
        PATHS_BELOW_IN_ONE_READING,
        /** As characters, not as segments. */
        PATHS_BEGINNING,
        /** In the strict profile: one reading of path and parameters is covered, the other passes for another reason. */
        ONE_READING,
        /** What the canonical matcher makes of a privilege that is meant for the other one. */
        MISREAD,
        METHODS,
        FURTHER_PARAMETERS,
        PARAMETER,
        GROUPS,
        USERS,
        PROGRAMS,
        PROGRAMS_OF_THAT_NAME,
        PROCESS_NAMES,
        ELEVATION,
        KEPT,
        REPEATED_PARAMETERS,
        DEFAULT_ONLY
    }

    /** Room for the paths that the services have: of a path cut short a reader would think that more passes. */
    private static final int LONGEST = 400;

    public SideEffect {
        requireNonNull(kind, "kind");
        requireNonNull(subject, "subject");
    }

    static SideEffect of(Kind kind) {
        return new SideEffect(kind, "");
    }

    public String text() {
        return switch (kind) {
            case PATHS_BELOW -> "every path below " + quoted();
            case PATHS_BELOW_IN_ONE_READING -> "every path below " + quoted() + " that the other of the two readings lets that caller reach already";
            case PATHS_BEGINNING -> "every path that begins with " + quoted() + ", with or without a slash after it";
            case ONE_READING -> "requests that only one of the two readings takes for such a request, where the other lets that caller pass already";
            case MISREAD -> "what one of the two readings takes for " + quoted() + ", where the other lets that caller pass already";
            case METHODS -> "every method";
            case FURTHER_PARAMETERS -> "any further parameters";
            case PARAMETER -> "any value of the parameter " + quoted();
            case GROUPS -> "the same caller whatever other groups it is in";
            case USERS -> "any user whose other attributes are the same";
            case PROGRAMS -> "any program of that caller";
            case PROGRAMS_OF_THAT_NAME -> "any program of that name of that caller";
            case PROCESS_NAMES -> "the same program whatever its process is called";
            case ELEVATION -> "the same caller, elevated or not";
            case KEPT -> "the same and everything below for the identities " + Text.shorten(subject, subject.length()) + ", which would otherwise lose what they have";
            case REPEATED_PARAMETERS -> "requests at and below that path that repeat one of the parameters " + Text.shorten(subject, subject.length()) + " with different values";
            case DEFAULT_ONLY -> "requests at and below that path that one of the two readings let pass by the default alone";
        };
    }

    private String quoted() {
        return '"' + Text.shorten(subject, LONGEST) + '"';
    }
}
