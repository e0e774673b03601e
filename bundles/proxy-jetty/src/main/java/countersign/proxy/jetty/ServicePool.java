package countersign.proxy.jetty;

import java.net.InetSocketAddress;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.Promise;

/**
 * Connections to one endpoint, kept and shared by all clients. At most one request at a time is on a connection, so there are never more
 * connections than clients with a request under way. Safe from any thread, never waits.
 */
final class ServicePool {
    /** A connection unused for longer may already be closed by the host; a request that must not be sent twice does not take the chance. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final InetSocketAddress address;
    private final ClientConnector connector;
    private final Limits limits;
    private final Counters counters;
    private final Deque<ServiceConnection> idle = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    ServicePool(InetSocketAddress address, ClientConnector connector, Limits limits, Counters counters) {
        this.address = address;
        this.connector = connector;
        this.limits = limits;
        this.counters = counters;
    }

    /** Sends a request; everything else is told to the listener, possibly before this returns. */
    void send(ServiceRequest request, ServiceListener listener) {
        long now = System.nanoTime();
        for (ServiceConnection kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            if (!request.isRepeatable() && now - kept.idleSince() > FRESH_NANOS) {
                // The deque is ordered by age: all others are older.
                idle.offerFirst(kept);
                break;
            }
            if (kept.trySend(request, listener)) {
                return;
            }
        }
        connect(request, listener);
    }

    /** A kept connection turned out to be closed before a byte of the answer. */
    void sendAgain(ServiceRequest request, ServiceListener listener) {
        counters.add(Counters.Event.SERVICE_RETRIES);
        connect(request, listener);
    }

    void keep(ServiceConnection connection) {
        idle.offerFirst(connection);
        if (sweeping.compareAndSet(false, true)) {
            sweepLater();
        }
    }

    void forget(ServiceConnection connection) {
        idle.remove(connection);
    }

    int kept() {
        return idle.size();
    }

    private void connect(ServiceRequest request, ServiceListener listener) {
        counters.add(Counters.Event.SERVICE_CONNECTIONS);
        Map<String, Object> context = new HashMap<>();
        ClientConnectionFactory factory = (endPoint, unused) -> new ServiceConnection(endPoint, connector, this);
        context.put(ClientConnectionFactory.CONTEXT_KEY, factory);
        context.put(org.eclipse.jetty.io.Transport.CONTEXT_KEY, org.eclipse.jetty.io.Transport.TCP_IP);
        context.put(ClientConnector.CONNECTION_PROMISE_CONTEXT_KEY, Promise.<Connection>from(
                connection -> ((ServiceConnection) connection).sendFirst(request, listener),
                failure -> listener.onFailure(Refusal.SERVICE_UNREACHABLE, address + ": " + failure)));
        connector.connect(address, context);
    }

    private void sweepLater() {
        connector.getScheduler().schedule(this::sweep, limits.poolTime().toMillis() / 2, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        long now = System.nanoTime();
        for (ServiceConnection oldest = idle.peekLast();
                oldest != null && now - oldest.idleSince() >= limits.poolTime().toNanos();
                oldest = idle.peekLast()) {
            idle.remove(oldest);
            oldest.closeIdle();
        }
        sweeping.set(false);
        if (!idle.isEmpty() && sweeping.compareAndSet(false, true)) {
            sweepLater();
        }
    }
}
