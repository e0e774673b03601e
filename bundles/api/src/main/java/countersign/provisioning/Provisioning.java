package countersign.provisioning;

import org.osgi.annotation.versioning.ProviderType;

/** Collects what must be ready before boot goes on, and answers those who wait for it (secure-channel.md section 10). */
@ProviderType
public interface Provisioning {
    /** Marks a part ready. Marking it again while all are ready renews the finish time. */
    void ready(ProvisionFlag flag);

    /** Takes a ready mark back, with the message to report while it is missing. */
    void notReady(ProvisionFlag flag, String message);

    /**
     * Answers the local query. Never waits.
     *
     * @param tick caller's start in nanoseconds since 1970; absent, unparsable and negative texts count as 0 (secure-channel.md Q9)
     * @param notify wake the secure channel when the answer is "not finished"
     */
    ProvisionReport query(String tick, boolean notify);
}
