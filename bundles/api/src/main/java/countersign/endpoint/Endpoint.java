package countersign.endpoint;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * One guarded address and port of the host (authorization.md section 3).
 *
 * @param name the short name used in logs, status and tools, for example {@code imds}
 * @param address an IPv4 address and port, always resolved
 * @param elevatedOnly whether only elevated callers get through, whatever rules and modes say
 */
public record Endpoint(String name, InetSocketAddress address, boolean elevatedOnly) {
    public static final Endpoint WIRESERVER = new Endpoint("wireserver", ipv4(168, 63, 129, 16, 80), true);
    public static final Endpoint IMDS = new Endpoint("imds", ipv4(169, 254, 169, 254, 80), false);
    public static final Endpoint HOSTGA = new Endpoint("hostga", ipv4(168, 63, 129, 16, 32526), true);

    /** Every endpoint the agent guards, in the order in which redirection modes are reported. */
    public static final List<Endpoint> ALL = List.of(WIRESERVER, IMDS, HOSTGA);

    public Endpoint {
        if (name.isBlank()) {
            throw new IllegalArgumentException("endpoint name: expected text, got a blank one");
        }
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("endpoint address: expected a literal address, got " + address);
        }
    }

    /** The guarded endpoint at exactly this address and port, or empty when the agent does not guard it. */
    public static Optional<Endpoint> at(InetSocketAddress address) {
        for (Endpoint endpoint : ALL) {
            if (endpoint.address.equals(address)) {
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }

    /** Address without port, as the agent's own requests put it into {@code host} (signing.md section 7). */
    public String ip() {
        return address.getAddress().getHostAddress();
    }

    @Override
    public String toString() {
        return name;
    }

    private static InetSocketAddress ipv4(int a, int b, int c, int d, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d}), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are always an address", e);
        }
    }
}
