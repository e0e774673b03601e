package countersign.interception;

import countersign.endpoint.Endpoint;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Keeps connections to guarded endpoints off the direct path and brings them to the agent's listener.
 * All methods may be called from any platform thread.
 */
@ProviderType
public interface Interceptor {
    /**
     * Declares the agent's own listening socket the only rightful target of redirected connections. The socket must already
     * listen in this process. From here on redirected connections arrive; before, they are refused by the kernel.
     *
     * @throws InterceptionException when the socket is not found or the kernel refuses the mark; nothing has changed then
     */
    void claim(InetSocketAddress listener) throws InterceptionException;

    /**
     * Makes exactly these endpoints redirected. Idempotent. What is not in the set is reached directly by every process.
     *
     * @throws InterceptionException when the kernel refuses; {@link #redirected} tells what is in force
     */
    void redirect(Set<Endpoint> endpoints) throws InterceptionException;

    /** The endpoints that are redirected now. After a restart this is what the kernel kept, not the empty set. */
    Set<Endpoint> redirected();

    /** Whether redirected connections can arrive: programs attached, listener claimed, the canary came through. */
    boolean ready();

    /** The kernel's counters by name since the programs were first loaded; the refusals among them end in {@code denied}. */
    Map<String, Long> counters();
}
