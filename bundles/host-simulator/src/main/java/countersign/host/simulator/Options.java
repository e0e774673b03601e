package countersign.host.simulator;

import countersign.host.simulator.channel.StatusDocument;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * What a simulator is started with.
 *
 * @param wireserver where WireServer listens; port 0 takes any free port, as for the others
 * @param imds where IMDS listens
 * @param hostga where HostGAPlugin listens
 * @param control where the control interface listens; must name one address, or it could be reached through the simulated ones
 * @param document the first status document, and the one that a reset returns to
 * @param journal entries kept; 0 for none
 * @param log whether to print one line per request to standard output
 */
public record Options(InetSocketAddress wireserver, InetSocketAddress imds, InetSocketAddress hostga, InetSocketAddress control,
        StatusDocument document, int journal, boolean log) {
    /** Entries a journal keeps unless told otherwise. */
    public static final int JOURNAL = 10_000;

    public Options {
        Objects.requireNonNull(wireserver, "wireserver");
        Objects.requireNonNull(imds, "imds");
        Objects.requireNonNull(hostga, "hostga");
        Objects.requireNonNull(document, "document");
        if (control.getAddress().isAnyLocalAddress()) {
            throw new IllegalArgumentException("control address 0.0.0.0: expected one address that guests cannot reach");
        }
    }

    /** Everything on free loopback ports, serving the given document. */
    public static Options loopback(StatusDocument document) {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new Options(any, any, any, any, document, JOURNAL, false);
    }
}
