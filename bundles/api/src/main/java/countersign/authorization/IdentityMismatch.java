package countersign.authorization;

import static java.util.Objects.requireNonNull;

/**
 * An identity that would have let the caller pass, and the first of its selectors that did not hold.
 *
 * @param selector {@code userName}, {@code groupName}, {@code exePath} or {@code processName}
 * @param expected the rule's text
 */
public record IdentityMismatch(String privilege, String identity, String selector, String expected) {
    public IdentityMismatch {
        requireNonNull(privilege, "privilege");
        requireNonNull(identity, "identity");
        requireNonNull(selector, "selector");
        requireNonNull(expected, "expected");
    }
}
