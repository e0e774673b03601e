package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import countersign.lease.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is redirected in accord with what the last good status wants: the one source of truth, pushed whenever the two differ
 * (secure-channel.md Q11 and Q12). Before the first good status nothing is pushed, so that the kernel keeps what it kept over a restart.
 */
final class Redirection {
    private static final Logger LOG = LoggerFactory.getLogger(Redirection.class);

    private final Lease<Interceptor> interceptors;
    private volatile Optional<Set<Endpoint>> wanted = Optional.empty();
    private String lastFailure = "";

    Redirection(Lease<Interceptor> interceptors) {
        this.interceptors = interceptors;
    }

    void want(Set<Endpoint> endpoints) {
        wanted = Optional.of(Set.copyOf(endpoints));
    }

    /** Pushes if there is a difference. Calls the interceptor, so not to be called by it. Returns whether all is in accord afterwards. */
    synchronized boolean push() {
        Optional<Set<Endpoint>> now = wanted;
        Optional<Lease.Hold<Interceptor>> held = now.isEmpty() ? Optional.empty() : interceptors.acquire(Duration.ZERO);
        if (held.isEmpty()) {
            return now.isEmpty();
        }
        try (Lease.Hold<Interceptor> interceptor = held.get()) {
            if (!interceptor.service().redirected().equals(now.get())) {
                interceptor.service().redirect(now.get());
                LOG.info("redirected endpoints: {}", now.get());
            }
            lastFailure = "";
            return true;
        } catch (InterceptionException | RuntimeException | LinkageError e) {
            // Whatever it is: a periodic task that throws is never run again, and the key must be latched all the same.
            if (!lastFailure.equals(String.valueOf(e.getMessage()))) {
                lastFailure = String.valueOf(e.getMessage());
                LOG.warn("redirection is not as the host wants it, trying again: {}", lastFailure);
            }
            return false;
        }
    }
}
