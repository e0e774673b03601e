package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

/** What to tell the author of the rules about a decision. */
public sealed interface Advice {
    /** The smallest change that lets the request pass; it has been tried. */
    record Change(RuleChange change) implements Advice {
        public Change {
            requireNonNull(change, "change");
        }
    }

    /** No rule can do it, or none is needed; the reason says which. */
    record None(String reason) implements Advice {
        public None {
            requireNonNull(reason, "reason");
        }
    }
}
