package countersign.proxy.jetty;

import countersign.authorization.Decision;
import countersign.lease.Lease;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.Telemetry;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what became of each request, once, when it is over (proxy.md section 12). */
final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final int MAX_DETAILS = 4096;

    private final Services services;
    private final Counters counters;

    Audit(Services services, Counters counters) {
        this.services = services;
        this.counters = counters;
    }

    /** An answer of ours is about to be written, or there is none: counts that. */
    void settled(Exchange exchange, boolean local) {
        if (local) {
            counters.add(Counters.Event.LOCAL_ANSWERS);
        }
        if (exchange.refusal != null) {
            counters.add(exchange.refusal);
            LOG.debug("request {}: {}", exchange.id, exchange.refusal.label());
        }
    }

    /** The exchange is over. Not called for local queries, of which there is no event (proxy.md section 3, rows 5 and 6). */
    void completed(Exchange exchange) {
        if (exchange.refusal == null || exchange.refusal.status() == 0) {
            switch (exchange.endorsement) {
                case SIGNED -> counters.add(Counters.Event.FORWARDED_SIGNED);
                case EXEMPT -> counters.add(Counters.Event.FORWARDED_EXEMPT);
                case UNSIGNED -> counters.add(Counters.Event.FORWARDED_UNSIGNED);
                default -> { }
            }
        }
        try (Lease.Hold<Telemetry> telemetry = services.telemetry.acquire(Duration.ZERO).orElse(null)) {
            if (telemetry != null) {
                telemetry.service().publish(event(exchange));
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("request {}: audit event lost", exchange.id, e);
        }
    }

    private static AuditEvent event(Exchange exchange) {
        boolean sent = exchange.refusal == null || exchange.refusal.status() == 0 || exchange.refusal.name().startsWith("SERVICE_");
        return new AuditEvent(
                exchange.time,
                exchange.id,
                exchange.peer.connectionId(),
                exchange.received.method(),
                exchange.received.target(),
                exchange.peer.address(),
                exchange.peer.endpoint(),
                exchange.peer.caller(),
                exchange.status,
                exchange.refusal == null ? "" : exchange.refusal.label(),
                exchange.decision != null && !(exchange.decision instanceof Decision.Allow),
                sent ? exchange.endorsement : AuditEvent.EndorsementKind.NONE,
                Optional.ofNullable(exchange.decision).map(Decision::explanation),
                Duration.ofNanos(System.nanoTime() - exchange.begunNanos),
                details(exchange));
    }

    private static String details(Exchange exchange) {
        String details = exchange.details.isEmpty() && exchange.refusal != null ? exchange.refusal.description() : exchange.details;
        return cut(details);
    }

    /** At most {@value #MAX_DETAILS} bytes of UTF-8, never half a character (proxy.md P10). */
    static String cut(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > MAX_DETAILS) {
                return text.substring(0, i);
            }
            i += Character.charCount(point);
        }
        return text;
    }
}
