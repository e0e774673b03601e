package countersign.authorization;

import org.osgi.annotation.versioning.ProviderType;

/** One compiled, numbered policy. Immutable: it answers alike for ever, whatever arrives after it. */
@ProviderType
public interface PolicySnapshot {
    /** Counts up from 1 with every snapshot that went live in this agent's life. */
    long epoch();

    /** Decides without I/O, locks or waiting. Safe from any thread. */
    Decision decide(AccessRequest request);
}
