package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import java.util.function.Consumer;

/**
 * How decisions are made, apart from rules.
 *
 * @param tolerateEncodedQuestionMark lets the one known client pass that writes {@code %3F} (authorization.md Q4)
 * @param divergences gets the line of every request on which the profiles disagree, on the deciding thread; must return at once
 */
public record Settings(CanonicalMode mode, boolean tolerateEncodedQuestionMark, Consumer<String> divergences) {
    public Settings {
        requireNonNull(mode, "mode");
        requireNonNull(divergences, "divergences");
    }

    /** A mode and nothing else, for tools and tests. */
    public static Settings of(CanonicalMode mode) {
        return new Settings(mode, false, line -> {});
    }
}
