package countersign.endorsement;

import countersign.endpoint.Endpoint;
import countersign.keys.SigningKey;
import countersign.request.RequestHead;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Turns a request into exactly what goes on the wire: fields named {@code x-ms-azure-host-*} of the client removed, date and claims set,
 * signature added where one is due (signing.md). An absolute-form target becomes origin-form. Methods are safe from any thread and do not
 * wait, except for a bounded time while a service they need is being replaced.
 */
@ProviderType
public interface Endorser {
    /** Whether a request with this head could be endorsed at all. Ask before reading a body. */
    Optional<RefusalReason> inspect(Endpoint endpoint, RequestHead head);

    /**
     * Endorses a request for the current key of the ring.
     *
     * @param elevated the claim: whether the calling process is elevated; own requests say {@code true}
     * @param body the whole payload without chunk framing; empty array when there is none. Not modified, not kept. For an exempt request
     *     that is streamed pass an empty array
     */
    Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated);

    /** Endorses an own request under {@code key}, which need not be the current one: attestation proves a key before it is used. */
    Endorsement endorseWith(SigningKey key, Endpoint endpoint, RequestHead head, byte[] body);

    /** Endorses an own request that is never signed (signing.md section 7): date and claims only. */
    Endorsement endorseUnsigned(Endpoint endpoint, RequestHead head);
}
