package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.request.HeaderField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a document to the host, with patience (host-endpoints.md section 6 and H5). */
final class Courier {
    static final int ATTEMPTS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final List<HeaderField> HEADERS =
            List.of(new HeaderField("x-ms-version", "2012-11-30"), new HeaderField("content-type", "text/xml; charset=utf-8"));

    private final HostClient host;
    private final Pauses pauses;
    private final Duration retry;

    /** What became of a document. */
    enum Outcome {
        DELIVERED,
        /** The host did not take it. */
        LOST,
        /** Not known: told to stop before the host took it. */
        STOPPED
    }

    /** @param retry pause between two attempts */
    Courier(HostClient host, Pauses pauses, Duration retry) {
        this.host = requireNonNull(host, "host");
        this.pauses = requireNonNull(pauses, "pauses");
        this.retry = requireNonNull(retry, "retry");
    }

    Outcome deliver(byte[] document) {
        String failure = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            if (attempt > 1 && !pauses.pause(retry)) {
                return Outcome.STOPPED;
            }
            failure = post(document);
            if (failure.isEmpty()) {
                return Outcome.DELIVERED;
            }
            if (pauses.stopped()) {
                return Outcome.STOPPED;
            }
            LOG.debug("telemetry, attempt {} of {}: {}", attempt, ATTEMPTS, failure);
        }
        LOG.warn("{} bytes of telemetry are lost after {} attempts, the last one: {}", document.length, ATTEMPTS, failure);
        if (LOG.isTraceEnabled()) {
            LOG.trace("lost telemetry: {}", new String(document, StandardCharsets.UTF_8));
        }
        return Outcome.LOST;
    }

    /** Why it failed; empty when it did not. */
    private String post(byte[] document) {
        try {
            HostRequest request = new HostRequest(
                    Endpoint.WIRESERVER, "POST", "/machine/?comp=telemetrydata", HEADERS, document, new Signing.None());
            int status = pauses.interruptibly(() -> host.send(request)).status();
            return status >= 200 && status <= 299 ? "" : "expected status 2xx, got " + status;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
