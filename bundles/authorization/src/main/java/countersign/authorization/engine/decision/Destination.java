package countersign.authorization.engine.decision;

import countersign.endpoint.Endpoint;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where a connection wanted to go, as far as decisions differ (authorization.md section 3). */
public enum Destination {
    WIRESERVER(Endpoint.WIRESERVER, "wireserver"),
    IMDS(Endpoint.IMDS, "imds"),
    HOSTGA(Endpoint.HOSTGA, "wireserver"),
    /** The agent's own listener. */
    AGENT(null, ""),
    OTHER(null, "");

    private static final InetSocketAddress LISTENER = new InetSocketAddress("127.0.0.1", 3080);

    private final Optional<Endpoint> endpoint;
    private final String service;

    Destination(Endpoint endpoint, String service) {
        this.endpoint = Optional.ofNullable(endpoint);
        this.service = service;
    }

    public static Destination of(InetSocketAddress address) {
        for (Destination destination : values0()) {
            if (destination.endpoint.isPresent() && destination.endpoint.get().address().equals(address)) {
                return destination;
            }
        }
        return LISTENER.equals(address) ? AGENT : OTHER;
    }

    /** Empty for destinations the agent does not guard. */
    public Optional<Endpoint> endpoint() {
        return endpoint;
    }

    /** The rule set that serves it, or an empty text. */
    public String service() {
        return service;
    }

    boolean elevatedOnly() {
        return endpoint.isPresent() && endpoint.get().elevatedOnly();
    }

    private static Destination[] values0() {
        return Holder.VALUES;
    }

    /** {@code values()} copies; this is read on every request. */
    private static final class Holder {
        private static final Destination[] VALUES = values();
    }
}
