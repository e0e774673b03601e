package countersign.keys;

import org.osgi.annotation.versioning.ProviderType;

/** Hands out the state of the secure channel with its key. */
@ProviderType
public interface KeyRing {
    /** The state in force now. Never waits, never {@code null}. Safe from any thread; take it once per request. */
    ChannelState state();
}
