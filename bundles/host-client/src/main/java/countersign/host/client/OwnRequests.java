package countersign.host.client;

import static java.util.Objects.requireNonNull;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorser;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostResponse;
import countersign.lease.Lease;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Completes an own request (signing.md section 7), has it endorsed and sends exactly what came out. */
final class OwnRequests implements HostClient {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Lease<Endorser> endorsers;
    private final Exchange exchange;

    OwnRequests(Lease<Endorser> endorsers, Exchange exchange) {
        this.endorsers = requireNonNull(endorsers, "endorsers");
        this.exchange = requireNonNull(exchange, "exchange");
    }

    @Override
    public HostResponse send(HostRequest request) throws IOException {
        try {
            return exchange.send(request.endpoint(), endorsed(request), request.body());
        } catch (IOException e) {
            throw new IOException(request.endpoint() + " " + request.method() + " " + request.target() + ": " + reason(e), e);
        }
    }

    private RequestHead endorsed(HostRequest request) throws IOException {
        Optional<Lease.Hold<Endorser>> held = endorsers.acquire(PATIENCE);
        if (held.isEmpty()) {
            throw new IOException("not sent: no endorser is running");
        }
        try (Lease.Hold<Endorser> endorser = held.get()) {
            return head(endorse(endorser.service(), request));
        }
    }

    private static Endorsement endorse(Endorser endorser, HostRequest request) {
        RequestHead plain = plain(request);
        if (request.signing() instanceof HostRequest.Signing.With with) {
            return endorser.endorseWith(with.key(), request.endpoint(), plain, request.body());
        }
        return request.signing() instanceof HostRequest.Signing.IfLatched
                ? endorser.endorse(request.endpoint(), plain, request.body(), true)
                : endorser.endorseUnsigned(request.endpoint(), plain);
    }

    private static RequestHead plain(HostRequest request) {
        List<HeaderField> headers = new ArrayList<>();
        headers.add(new HeaderField("host", request.endpoint().ip()));
        headers.add(new HeaderField("content-length", Integer.toString(request.body().length)));
        headers.addAll(request.headers());
        return new RequestHead(request.method(), request.target(), headers);
    }

    private static RequestHead head(Endorsement endorsement) throws IOException {
        Optional<RequestHead> head =
                endorsement.fold(signed -> Optional.of(signed.head()), unsigned -> Optional.of(unsigned.head()), refused -> Optional.empty());
        if (head.isEmpty()) {
            String label = endorsement.fold(signed -> "", unsigned -> "", refused -> refused.reason().label());
            throw new IOException("not sent: refused by the endorser, " + label);
        }
        return head.get();
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
