package countersign.proxy.jetty;

import countersign.authorization.Decision;
import countersign.request.RequestHead;
import countersign.telemetry.AuditEvent.EndorsementKind;
import java.time.Instant;

/** One request and what became of it. Used by one thread at a time. */
final class Exchange {
    final long id;
    final Peer peer;
    final Instant time = Instant.now();
    final long begunNanos;

    /** As received, but for a fragment of the target. */
    final RequestHead received;

    final boolean http10;

    /** The client's wish, until something makes it necessary. */
    boolean close;

    Decision decision;
    EndorsementKind endorsement = EndorsementKind.NONE;

    /** Status the client was or is being answered with; 0 before. */
    int status;

    Refusal refusal;
    String details = "";

    /** Null unless requests are traced. */
    Trace trace;

    Exchange(long id, Peer peer, long begunNanos, RequestHead received, boolean http10, boolean close) {
        this.id = id;
        this.peer = peer;
        this.begunNanos = begunNanos;
        this.received = received;
        this.http10 = http10;
        this.close = close;
    }

    boolean isHead() {
        return received.method().equals("HEAD");
    }
}
