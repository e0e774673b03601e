package countersign.authorization;

import org.osgi.annotation.versioning.ProviderType;

/** Hands out the policy in force. Take one snapshot per request and keep it until the request ends. */
@ProviderType
public interface Authorizer {
    /** The snapshot in force now. Never waits, never {@code null}. Safe from any thread. */
    PolicySnapshot snapshot();
}
