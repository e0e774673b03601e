package countersign.attribution;

import java.net.InetSocketAddress;
import org.osgi.annotation.versioning.ProviderType;

/** Tells who made a connection that the agent accepted (interception.md section 4). */
@ProviderType
public interface Attribution {
    /**
     * Reads the kernel's record of one accepted connection. Call once per connection, after accept and before the first byte
     * is read; absence is final. Makes a few system calls and never waits; call from a platform thread. Safe from any thread.
     *
     * @param client remote address of the accepted socket
     * @param listener local address of the accepted socket
     */
    AttributionOutcome attribute(InetSocketAddress client, InetSocketAddress listener);
}
