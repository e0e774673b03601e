package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import countersign.lease.Lease;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedirectionTest {
    private final Lease<Interceptor> interceptors = new Lease<>(Duration.ofSeconds(1));
    private final Redirection redirection = new Redirection(interceptors);

    @Test
    void beforeTheFirstGoodStatus_nothingIsPushed() {
        Kernel kernel = new Kernel(Set.of(Endpoint.IMDS));
        interceptors.bind(kernel);
        assertTrue(redirection.push());
        assertEquals(List.of(), kernel.pushed);
    }

    @Test
    void difference_isPushedOnce() {
        Kernel kernel = new Kernel(Set.of());
        interceptors.bind(kernel);
        redirection.want(Set.of(Endpoint.IMDS));
        assertTrue(redirection.push());
        assertTrue(redirection.push());
        assertEquals(List.of(Set.of(Endpoint.IMDS)), kernel.pushed);
    }

    @Test
    void whatTheKernelKept_isNotPushedAgain() {
        Kernel kernel = new Kernel(Set.of(Endpoint.IMDS));
        interceptors.bind(kernel);
        redirection.want(Set.of(Endpoint.IMDS));
        assertTrue(redirection.push());
        assertEquals(List.of(), kernel.pushed);
    }

    @Test
    void failure_isRepairedByTheNextPush() {
        Kernel kernel = new Kernel(Set.of());
        kernel.failure = new InterceptionException("not loaded");
        interceptors.bind(kernel);
        redirection.want(Set.of(Endpoint.HOSTGA));
        assertFalse(redirection.push());
        kernel.failure = null;
        assertTrue(redirection.push());
        assertEquals(Set.of(Endpoint.HOSTGA), kernel.redirected());
    }

    @Test
    void bugOrReplacement_isAFailureLikeAnother() {
        Kernel kernel = new Kernel(Set.of());
        interceptors.bind(kernel);
        redirection.want(Set.of(Endpoint.HOSTGA));
        for (Throwable failure : List.of(new IllegalStateException(), new NoClassDefFoundError("of a bundle that was replaced meanwhile"))) {
            kernel.failure = failure;
            assertFalse(redirection.push());
        }
        kernel.failure = null;
        assertTrue(redirection.push());
    }

    @Test
    void successor_getsWhatIsWanted() {
        redirection.want(Set.of(Endpoint.WIRESERVER));
        assertFalse(redirection.push());
        Kernel first = new Kernel(Set.of());
        interceptors.bind(first);
        assertTrue(redirection.push());
        Kernel second = new Kernel(Set.of());
        interceptors.bind(second);
        interceptors.unbind(first);
        assertTrue(redirection.push());
        assertEquals(Set.of(Endpoint.WIRESERVER), second.redirected());
    }

    private static final class Kernel implements Interceptor {
        private final List<Set<Endpoint>> pushed = new ArrayList<>();
        private Set<Endpoint> now;
        private Throwable failure;

        Kernel(Set<Endpoint> kept) {
            now = kept;
        }

        @Override
        public void claim(InetSocketAddress listener) {}

        @Override
        public void redirect(Set<Endpoint> endpoints) throws InterceptionException {
            if (failure instanceof InterceptionException said) {
                throw said;
            } else if (failure instanceof Error error) {
                throw error;
            } else if (failure instanceof RuntimeException bug) {
                throw bug;
            }
            pushed.add(endpoints);
            now = endpoints;
        }

        @Override
        public Set<Endpoint> redirected() {
            return now;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    }
}
