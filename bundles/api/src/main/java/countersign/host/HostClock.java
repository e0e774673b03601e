package countersign.host;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** The host's time, as far as it is known (secure-channel.md section 9). Safe from any thread, never waits. */
@ProviderType
public interface HostClock {
    /** Host time carried on by the monotonic clock, or the system clock before the first synchronisation. */
    Instant now();

    /** {@link #now} as {@code x-ms-azure-host-date} wants it: {@code EEE, dd MMM yyyy HH:mm:ss GMT}. */
    String httpDate();

    /** Offers an answer whose date headers may synchronise the clock. Only the secure channel's status answers are offered. */
    void observe(HostResponse response);
}
