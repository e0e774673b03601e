package countersign.hmac;

import static java.util.Objects.requireNonNull;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorsement.Refused;
import countersign.endorsement.Endorsement.Signed;
import countersign.endorsement.Endorsement.Unsigned;
import countersign.endorsement.Endorsement.UnsignedReason;
import countersign.endorsement.Endorser;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.keys.ChannelState;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.request.ExemptRequest;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Signs what must be signed and refuses what cannot be (signing.md sections 7 to 9, secure-channel.md Q8). Stateless but for its sources. */
final class RequestSigner implements Endorser {
    private static final HeaderField CLAIM_ELEVATED = new HeaderField(HeaderField.CLAIMS, "{ \"isRoot\": \"true\"}");
    private static final HeaderField CLAIM_ORDINARY = new HeaderField(HeaderField.CLAIMS, "{ \"isRoot\": \"false\"}");

    private final Supplier<ChannelState> channel;
    private final Supplier<String> date;

    /** @param date the value of the date header, as of the call */
    RequestSigner(Supplier<ChannelState> channel, Supplier<String> date) {
        this.channel = requireNonNull(channel, "channel");
        this.date = requireNonNull(date, "date");
    }

    @Override
    public Optional<RefusalReason> inspect(Endpoint endpoint, RequestHead head) {
        return HeadInspection.check(endpoint, head);
    }

    @Override
    public Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated) {
        Optional<RefusalReason> unfit = unfit(endpoint, head, body);
        if (unfit.isPresent()) {
            return new Refused(unfit.get());
        }
        ChannelState state = channel.get();
        if (!state.known()) {
            return new Refused(RefusalReason.CHANNEL_UNKNOWN);
        }
        if (ExemptRequest.of(endpoint, head.method(), head.target()).isPresent()) {
            return new Unsigned(unsignedHead(head, elevated), UnsignedReason.EXEMPT);
        }
        if (state.key().isPresent()) {
            return sign(state.key().get(), head, body, elevated);
        }
        if (state.mode(endpoint) == EndpointMode.ENFORCE && state.hostNamedKey()) {
            return new Refused(RefusalReason.NO_USABLE_KEY);
        }
        return new Unsigned(unsignedHead(head, elevated), UnsignedReason.NO_KEY);
    }

    @Override
    public Endorsement endorseWith(SigningKey key, Endpoint endpoint, RequestHead head, byte[] body) {
        return unfit(endpoint, head, body).<Endorsement>map(Refused::new).orElseGet(() -> sign(key, head, body, true));
    }

    @Override
    public Endorsement endorseUnsigned(Endpoint endpoint, RequestHead head) {
        return inspect(endpoint, head)
                .<Endorsement>map(Refused::new)
                .orElseGet(() -> new Unsigned(unsignedHead(head, true), UnsignedReason.OWN_UNSIGNED));
    }

    private static Optional<RefusalReason> unfit(Endpoint endpoint, RequestHead head, byte[] body) {
        // The head was inspected before the body was read, but by whom? A signature is only given to what this class has seen itself.
        Optional<RefusalReason> unfit = HeadInspection.check(endpoint, head);
        return unfit.isEmpty() && body.length > HeadInspection.maxBody(endpoint, head) ? Optional.of(RefusalReason.BODY_LENGTH) : unfit;
    }

    private Endorsement sign(SigningKey key, RequestHead head, byte[] body, boolean elevated) {
        Target target = Target.of(head.target()).orElseThrow();
        List<HeaderField> fields = fields(head, elevated);
        CanonicalRequest canonical = CanonicalRequest.of(new RequestHead(head.method(), head.target(), fields), target);
        String signature;
        try {
            signature = key.sign(canonical.beforeBody(), body, canonical.afterBody());
        } catch (IllegalStateException e) {
            // No message, no cause: whatever a crypto provider says about a key must not travel.
            return new Refused(RefusalReason.SIGNING_FAILED);
        }
        fields.add(new HeaderField(HeaderField.AUTHORIZATION, KeyDescription.SCHEME + ' ' + key.guid() + ' ' + signature));
        return new Signed(new RequestHead(head.method(), target.originForm(), fields), key.guid());
    }

    private RequestHead unsignedHead(RequestHead head, boolean elevated) {
        return new RequestHead(head.method(), Target.of(head.target()).orElseThrow().originForm(), fields(head, elevated));
    }

    /** What the caller sent, without the fields that are ours to set, then claims and date. */
    private List<HeaderField> fields(RequestHead head, boolean elevated) {
        List<HeaderField> fields = new ArrayList<>(head.headers().size() + 3);
        for (HeaderField field : head.headers()) {
            if (!isOurs(field.name())) {
                fields.add(field);
            }
        }
        fields.add(elevated ? CLAIM_ELEVATED : CLAIM_ORDINARY);
        fields.add(new HeaderField(HeaderField.DATE, date.get()));
        return fields;
    }

    private static boolean isOurs(String name) {
        return name.equals(HeaderField.AUTHORIZATION) || name.equals(HeaderField.CLAIMS) || name.equals(HeaderField.DATE);
    }
}
