package countersign.proxy.jetty;

import countersign.attribution.AttributionOutcome.Attributed;
import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who is at the other end of an accepted connection, settled before its first byte is read.
 *
 * @param connectionId counted from 1
 * @param attributed what the kernel says; empty when it says nothing
 * @param refusal why not; empty when attributed
 */
record Peer(long connectionId, InetSocketAddress address, Optional<Attributed> attributed, Optional<Refusal> refusal) {
    Peer {
        if (attributed.isPresent() == refusal.isPresent()) {
            throw new IllegalArgumentException("peer: expected either an attribution or a refusal");
        }
    }

    Optional<Endpoint> endpoint() {
        return attributed.map(Attributed::endpoint);
    }

    Optional<Caller> caller() {
        return attributed.map(Attributed::caller);
    }

    /** Real user id of the caller, or {@link Shares#NOBODY}. */
    long uid() {
        return attributed.isPresent() ? attributed.get().caller().uid() : Shares.NOBODY;
    }

    boolean elevated() {
        return attributed.isPresent() && attributed.get().caller().elevated();
    }
}
