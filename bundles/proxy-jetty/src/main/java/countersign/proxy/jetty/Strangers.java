package countersign.proxy.jetty;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The connections that no user answers for, and those that are only being told that they were refused. They have seats of their own; when
 * all are taken the newest gets that of an old one, so that whoever only has a short question finds room. Safe from any thread.
 */
final class Strangers {
    private final AtomicReferenceArray<ClientConnection> seats;
    private final AtomicInteger next = new AtomicInteger();

    Strangers(int seats) {
        this.seats = new AtomicReferenceArray<>(seats);
    }

    /** Seats a connection and ends the one that had its seat. Returns the number of the seat. */
    int seat(ClientConnection newcomer) {
        int seat = Math.floorMod(next.getAndIncrement(), seats.length());
        ClientConnection before = seats.getAndSet(seat, newcomer);
        if (before != null) {
            before.makeWay();
        }
        return seat;
    }

    void leave(int seat, ClientConnection leaving) {
        seats.compareAndSet(seat, leaving, null);
    }
}
