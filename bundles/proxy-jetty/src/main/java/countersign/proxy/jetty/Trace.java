package countersign.proxy.jetty;

import countersign.attribution.Caller;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages of one request with their times, for {@code enableHttpProxyTrace} (telemetry.md section 1.5). Becomes one record of the log
 * when the request is over; stages are parted by {@code |}, because a line break in the log is a forgery (Q10). Safe from any thread: an
 * answer may come while a body is still being sent.
 */
final class Trace {
    private static final Logger LOG = LoggerFactory.getLogger(Trace.class);
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    /** Longer targets would leave no room for the rest; a part of one might be half a secret. */
    private static final int TARGET = 4096;

    private final long id;
    private final long begunNanos;
    private final StringBuilder stages = new StringBuilder(512);

    private Trace(long id, long begunNanos) {
        this.id = id;
        this.begunNanos = begunNanos;
    }

    /** Begins with the request and its caller. */
    static Trace of(Exchange exchange) {
        Trace trace = new Trace(exchange.id, exchange.begunNanos);
        String target = exchange.received.target();
        trace.stage("received " + exchange.received.method() + " "
                + (target.length() <= TARGET ? target : "a target of " + target.length() + " characters"));
        trace.stage("connection " + exchange.peer.connectionId() + " " + exchange.peer.attributed()
                .map(known -> "to " + known.endpoint().name() + " of " + caller(known.caller()))
                .orElse("without attribution"));
        return trace;
    }

    synchronized void stage(String text) {
        stages.append(stages.isEmpty() ? "" : " | ")
                .append('[').append(id).append("] - ")
                .append(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos)).append(" - ")
                .append(STAMP.format(Instant.now())).append(" - ")
                .append(text);
    }

    /** The request is over: says it all. */
    synchronized void end(String text) {
        stage(text);
        LOG.warn("{}", stages);
    }

    private static String caller(Caller caller) {
        return "user " + caller.uid() + ", process " + caller.processId() + " " + caller.executable().orElse("");
    }
}
