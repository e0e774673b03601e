package countersign.hmac;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorser;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.host.HostClock;
import countersign.keys.ChannelState;
import countersign.keys.KeyRing;
import countersign.keys.SigningKey;
import countersign.lease.Lease;
import countersign.request.RequestHead;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Offers {@link RequestSigner} as a service. Key ring and clock are dynamic because their providers need an endorser themselves, and because
 * they may be replaced while requests flow. Without a ring nothing is known of the channel and every request is refused; without a clock the
 * system's time stands in, as before a synchronisation (secure-channel.md section 9).
 */
@Component(service = Endorser.class)
public final class HmacEndorser implements Endorser {
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration ABSENCE = Duration.ofSeconds(2);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private final Lease<KeyRing> keyRing = new Lease<>(DRAIN);
    private final Lease<HostClock> hostClock = new Lease<>(DRAIN);
    private final RequestSigner signer = new RequestSigner(this::channel, this::date);

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindKeyRing(KeyRing service) {
        keyRing.bind(service);
    }

    void unbindKeyRing(KeyRing service) {
        keyRing.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindHostClock(HostClock service) {
        hostClock.bind(service);
    }

    void unbindHostClock(HostClock service) {
        hostClock.unbind(service);
    }

    @Override
    public Optional<RefusalReason> inspect(Endpoint endpoint, RequestHead head) {
        return signer.inspect(endpoint, head);
    }

    @Override
    public Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated) {
        return signer.endorse(endpoint, head, body, elevated);
    }

    @Override
    public Endorsement endorseWith(SigningKey key, Endpoint endpoint, RequestHead head, byte[] body) {
        return signer.endorseWith(key, endpoint, head, body);
    }

    @Override
    public Endorsement endorseUnsigned(Endpoint endpoint, RequestHead head) {
        return signer.endorseUnsigned(endpoint, head);
    }

    private ChannelState channel() {
        try (Lease.Hold<KeyRing> hold = keyRing.acquireWithin(ABSENCE).orElse(null)) {
            return hold == null ? ChannelState.UNKNOWN : hold.service().state();
        }
    }

    private String date() {
        try (Lease.Hold<HostClock> hold = hostClock.acquireWithin(ABSENCE).orElse(null)) {
            return hold == null ? systemDate() : hold.service().httpDate();
        }
    }

    private static String systemDate() {
        return HTTP_DATE.format(ZonedDateTime.now(Clock.system(ZoneOffset.UTC)));
    }
}
