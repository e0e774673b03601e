package countersign.authorization.engine.decision;

import countersign.authorization.Remedy;

/** Knows remedies for refusals. Asked while the request waits: answers at once and leaves all work to the remedy. */
@FunctionalInterface
public interface Counsel {
    /** Knows none. */
    Counsel NONE = (facts, profile) -> Remedy.NONE;

    /** @param facts of a request that was refused, or would have been but for audit mode */
    Remedy remedy(Facts facts, Profile profile);
}
