package countersign.status;

import org.osgi.annotation.versioning.ProviderType;

/** The aggregate status of the agent, for the file and for {@code /gpa-aggregated-status} (proxy.md sections 7 and 13). */
@ProviderType
public interface StatusDocument {
    /** The document as of now: JSON in UTF-8. Never waits. Safe from any thread. */
    byte[] json();
}
