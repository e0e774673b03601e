package countersign.keys.keeper;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorser;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Signs method and target only: which key signs is what these tests look at, not what is signed. */
final class PlainEndorser implements Endorser {
    static String signature(SigningKey key, String method, String target) {
        return key.sign((method + " " + target).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Optional<RefusalReason> inspect(Endpoint endpoint, RequestHead head) {
        return Optional.empty();
    }

    @Override
    public Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated) {
        return new Endorsement.Refused(RefusalReason.NO_USABLE_KEY);
    }

    @Override
    public Endorsement endorseWith(SigningKey key, Endpoint endpoint, RequestHead head, byte[] body) {
        List<HeaderField> headers = new ArrayList<>(head.headers());
        headers.add(new HeaderField(
                HeaderField.AUTHORIZATION, "Azure-HMAC-SHA256 " + key.guid() + " " + signature(key, head.method(), head.target())));
        return new Endorsement.Signed(new RequestHead(head.method(), head.target(), headers), key.guid());
    }

    @Override
    public Endorsement endorseUnsigned(Endpoint endpoint, RequestHead head) {
        return new Endorsement.Unsigned(head, Endorsement.UnsignedReason.OWN_UNSIGNED);
    }
}
