package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The three requests of the secure channel (secure-channel.md sections 2 and 5). */
final class ChannelRequests {
    private static final HeaderField METADATA = new HeaderField("metadata", "True");
    private static final HeaderField JSON = new HeaderField("content-type", "application/json");
    private static final String KEY = "/secure-channel/key";
    /** Exactly these 44 bytes. */
    private static final String ACQUIRE = "{\"authorizationScheme\": \"Azure-HMAC-SHA256\"}";

    private ChannelRequests() {}

    static HostRequest status() {
        return new HostRequest(Endpoint.WIRESERVER, "GET", "/secure-channel/status", List.of(METADATA), new byte[0], new Signing.None());
    }

    static HostRequest acquire() {
        return new HostRequest(
                Endpoint.WIRESERVER, "POST", KEY, List.of(METADATA, JSON), ACQUIRE.getBytes(StandardCharsets.US_ASCII), new Signing.None());
    }

    static HostRequest attest(SigningKey key) {
        String target = KEY + "/" + key.guid() + "/key-attestation";
        return new HostRequest(Endpoint.WIRESERVER, "POST", target, List.of(METADATA), new byte[0], new Signing.With(key));
    }
}
