package countersign.proxy.jetty;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.endpoint.Endpoint;
import countersign.lease.Lease;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ClientConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one listener share. */
final class Proxy {
    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    final Services services;
    final Limits limits;
    final Supplier<Settings> settings;
    final Counters counters;
    final Gate gate;
    final LocalEndpoints localEndpoints;
    final Audit audit;
    final Shares memory;
    final Shares places;
    final Strangers strangers;
    final HttpDate date = new HttpDate();

    private final ClientConnector connector;
    private final Function<Endpoint, InetSocketAddress> resolver;
    private final Map<Endpoint, ServicePool> pools = new ConcurrentHashMap<>();
    private final AtomicLong connectionIds = new AtomicLong();
    private final AtomicLong requestIds = new AtomicLong();
    private final AtomicLong crowdReported = new AtomicLong(System.nanoTime() - MINUTE);

    /** @param resolver where an endpoint really is; the endpoint's own address but for tests */
    Proxy(
            Services services,
            Limits limits,
            Supplier<Settings> settings,
            Counters counters,
            InetSocketAddress listener,
            ClientConnector connector,
            Function<Endpoint, InetSocketAddress> resolver) {
        this.services = services;
        this.limits = limits;
        this.settings = settings;
        this.counters = counters;
        this.connector = connector;
        this.resolver = resolver;
        gate = new Gate(services, new Endpoint("listener", listener, false), limits.serviceAbsence());
        localEndpoints = new LocalEndpoints(services);
        audit = new Audit(services, counters);
        memory = new Shares(limits.memory(), () -> limits.memory() / 8);
        places = new Shares(limits.connections(), () -> settings.get().connectionsPerUser());
        strangers = new Strangers(Math.max(1, limits.connections() / 8));
    }

    /** The connections to an endpoint, made when the first request goes there. */
    ServicePool pool(Endpoint endpoint) {
        return pools.computeIfAbsent(endpoint, e -> new ServicePool(resolver.apply(e), connector, limits, counters));
    }

    long nextRequestId() {
        counters.add(Counters.Event.REQUESTS);
        return requestIds.incrementAndGet();
    }

    /** A user's connection is refused. Said once a minute at most: whoever makes that happen must not fill the log, too. */
    void crowded(Refusal refusal, long uid) {
        counters.add(refusal);
        long now = System.nanoTime();
        long before = crowdReported.get();
        if (now - before >= MINUTE && crowdReported.compareAndSet(before, now)) {
            LOG.warn("connection of user {} refused: {}", uid, refusal.description());
        }
    }

    /** Settles who is at the other end, once, before the first byte is read. Waits for an attribution service that is being replaced. */
    Peer attribute(InetSocketAddress client, InetSocketAddress listener) {
        long id = connectionIds.incrementAndGet();
        if (!client.getAddress().isLoopbackAddress()) {
            return new Peer(id, client, Optional.empty(), Optional.of(Refusal.PEER));
        }
        try (Lease.Hold<Attribution> attribution = services.attribution.acquireWithin(limits.serviceAbsence()).orElse(null)) {
            if (attribution == null) {
                return new Peer(id, client, Optional.empty(), Optional.of(Refusal.ATTRIBUTION_ABSENT));
            }
            AttributionOutcome outcome = attribution.service().attribute(client, listener);
            return outcome.fold(
                    attributed -> new Peer(id, client, Optional.of(attributed), Optional.empty()),
                    unattributed -> new Peer(id, client, Optional.empty(), Optional.of(Refusal.of(unattributed.reason()))));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("connection {}: no attribution after an internal error", id, e);
            return new Peer(id, client, Optional.empty(), Optional.of(Refusal.ATTRIBUTION_UNAVAILABLE));
        }
    }
}
