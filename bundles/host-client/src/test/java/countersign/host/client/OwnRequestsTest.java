package countersign.host.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorser;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.lease.Lease;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class OwnRequestsTest {
    private static final SigningKey KEY = SigningKey.takeHex(
            new KeyDescription("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35", OptionalLong.empty(), ""), "ab".repeat(32).getBytes(StandardCharsets.US_ASCII));

    private final Lease<Endorser> endorsers = new Lease<>(Duration.ofSeconds(1));

    @ParameterizedTest
    @CsvSource({"none, unsigned", "ifLatched, true", "with, with 3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35"})
    void endorsedHead_isWhatIsSent(String signing, String mark) throws Exception {
        endorsers.bind(new MarkingEndorser());
        try (LoopbackHost host = LoopbackHost.answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) {
            Signing how = signing.equals("with") ? new Signing.With(KEY) : signing.equals("none") ? new Signing.None() : new Signing.IfLatched();
            requests(host.address()).send(new HostRequest(
                    Endpoint.HOSTGA, "POST", "/x", List.of(new HeaderField("Metadata", "True")), "{}".getBytes(StandardCharsets.US_ASCII), how));
            assertEquals("POST /x HTTP/1.1\r\nhost: 168.63.129.16\r\ncontent-length: 2\r\nmetadata: True\r\nmark: " + mark + "\r\n\r\n{}", host.received());
        }
    }

    @Test
    void refusedRequest_isNotSent() throws Exception {
        endorsers.bind(new MarkingEndorser() {
            @Override
            public Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated) {
                return new Endorsement.Refused(RefusalReason.NO_USABLE_KEY);
            }
        });
        try (LoopbackHost host = LoopbackHost.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            assertEquals("wireserver GET /machine?comp=goalstate: not sent: refused by the endorser, no-usable-key",
                    assertThrows(IOException.class, () -> requests(host.address()).send(get(new Signing.IfLatched()))).getMessage());
        }
    }

    @Test
    void missingEndorser_stopsEveryRequest() throws Exception {
        try (LoopbackHost host = LoopbackHost.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            assertEquals("wireserver GET /machine?comp=goalstate: not sent: no endorser is running",
                    assertThrows(IOException.class, () -> requests(host.address()).send(get(new Signing.None()))).getMessage());
        }
    }

    @Test
    void unreachableHost_isNamed() throws Exception {
        endorsers.bind(new MarkingEndorser());
        try (Socket nobody = new Socket()) {
            // Bound and never listening: a listener that was just closed may still take a connection.
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            OwnRequests requests = requests((InetSocketAddress) nobody.getLocalSocketAddress());
            assertEquals("wireserver GET /machine?comp=goalstate: Connection refused",
                    assertThrows(IOException.class, () -> requests.send(get(new Signing.None()))).getMessage());
        }
    }

    private static HostRequest get(Signing signing) {
        return new HostRequest(Endpoint.WIRESERVER, "GET", "/machine?comp=goalstate", List.of(), new byte[0], signing);
    }

    private OwnRequests requests(InetSocketAddress host) {
        return new OwnRequests(endorsers, new Exchange(Duration.ofMinutes(10), Duration.ofMinutes(10), endpoint -> host));
    }

    /** Adds one field that tells how it was asked. */
    private static class MarkingEndorser implements Endorser {
        @Override
        public Optional<RefusalReason> inspect(Endpoint endpoint, RequestHead head) {
            return Optional.empty();
        }

        @Override
        public Endorsement endorse(Endpoint endpoint, RequestHead head, byte[] body, boolean elevated) {
            return new Endorsement.Signed(marked(head, String.valueOf(elevated)), KEY.guid());
        }

        @Override
        public Endorsement endorseWith(SigningKey key, Endpoint endpoint, RequestHead head, byte[] body) {
            return new Endorsement.Signed(marked(head, "with " + key.guid()), key.guid());
        }

        @Override
        public Endorsement endorseUnsigned(Endpoint endpoint, RequestHead head) {
            return new Endorsement.Unsigned(marked(head, "unsigned"), Endorsement.UnsignedReason.OWN_UNSIGNED);
        }

        private static RequestHead marked(RequestHead head, String mark) {
            List<HeaderField> headers = new ArrayList<>(head.headers());
            headers.add(new HeaderField("mark", mark));
            return new RequestHead(head.method(), head.target(), headers);
        }
    }
}
