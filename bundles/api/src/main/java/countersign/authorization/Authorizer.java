package countersign.authorization;

import org.osgi.annotation.versioning.ProviderType;

/** Hands out the policy in force. Take one snapshot per request and keep it until the request ends. */
@ProviderType
public interface Authorizer {
    /** The snapshot in force now. Never waits, never {@code null}. Safe from any thread. */
    PolicySnapshot snapshot();

    /** Requests so far on which the two decision profiles disagreed (canonicalization.md section 1); 0 when they are not compared. */
    default long divergences() {
        return 0;
    }
}
