package countersign.host.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import countersign.host.HostResponse;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class ExchangeTest {
    /** Passes while the test waits. */
    private static final Duration BRIEF = Duration.ofSeconds(1);

    /** Passes in no test. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final RequestHead HEAD =
            new RequestHead("GET", "/a?b=c", List.of(new HeaderField("Host", "168.63.129.16"), new HeaderField("content-length", "0")));

    @Test
    void requestOnTheWire_isExactlyTheHeadAndTheBody() throws Exception {
        RequestHead head = new RequestHead("POST", "/x", List.of(new HeaderField("Host", "h"), new HeaderField("X", "é \t"), new HeaderField("content-length", "4")));
        try (LoopbackHost host = LoopbackHost.answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")) {
            exchange(host).send(Endpoint.WIRESERVER, head, "body".getBytes(StandardCharsets.US_ASCII));
            assertEquals("POST /x HTTP/1.1\r\nhost: h\r\nx: é \t\r\ncontent-length: 4\r\n\r\nbody", host.received());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'HTTP/1.1 200 OK~content-length: 5~~hello' | 200 | hello",
        "'HTTP/1.1 200~content-length: 5~~hellomore' | 200 | hello",
        "'HTTP/1.0 404 Not Found~~until the end' | 404 | until the end",
        "'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5;x=y~hello~1~!~0~trailer: x~~' | 200 | hello!",
        "'HTTP/1.1 100 Continue~~HTTP/1.1 103 Hints~a: b~~HTTP/1.1 200 OK~content-length: 2~~ok' | 200 | ok",
        "'HTTP/1.1 204 No Content~content-length: 9~~' | 204 | ''",
        "'HTTP/1.1 200 OK~content-length: 2~Content-Length: 2~~ok' | 200 | ok",
    })
    void answer_isRead(String answer, int status, String body) throws Exception {
        try (LoopbackHost host = LoopbackHost.answering(answer.replace("~", "\r\n"))) {
            HostResponse response = exchange(host).send(Endpoint.WIRESERVER, HEAD, new byte[0]);
            assertEquals(status, response.status());
            assertEquals(body, new String(response.body(), StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | expected a whole answer, got the end of the connection",
        "'garbage~~' | expected a status line of HTTP/1.1, got something else",
        "'HTTP/2 200 OK~~' | expected a status line of HTTP/1.1, got something else",
        "'HTTP/1.1 2000 OK~~' | expected a status line of HTTP/1.1, got something else",
        "'HTTP/1.1 -20 OK~~' | expected a status line of HTTP/1.1, got something else",
        "'HTTP/1.1 200 OK~content-length: 9~~cut' | expected 9 bytes of body, got 3",
        "'HTTP/1.1 200 OK~content-length: 5~content-length: 6~~hello' | expected one content-length, got different ones",
        "'HTTP/1.1 200 OK~content-length: 1048577~~' | expected at most 1048576 bytes of body, got more",
        "'HTTP/1.1 200 OK~content-length: 99999999999~~' | expected a content-length up to 1048576, got another text",
        "'HTTP/1.1 200 OK~content-length: -1~~' | expected a content-length up to 1048576, got another text",
        "'HTTP/1.1 200 OK~content-length: 1~transfer-encoding: chunked~~' | expected content-length or transfer-encoding, got both",
        "'HTTP/1.1 200 OK~transfer-encoding: gzip~~' | expected transfer-encoding chunked, got another",
        "'HTTP/1.1 200 OK~transfer-encoding: chunked~~x~' | expected a chunk size up to 1048576, got another text",
        "'HTTP/1.1 200 OK~transfer-encoding: chunked~~100001~' | expected at most 1048576 bytes of body, got more",
        "'HTTP/1.1 200 OK~transfer-encoding: chunked~~2~abc~0~~' | expected the end of a chunk, got more",
        "'HTTP/1.1 200 OK~transfer-encoding: chunked~~2~ab~' | expected a whole answer, got the end of the connection",
        "'HTTP/1.1 200 OK~ folded: x~~' | expected a header field, got something else in line 1",
        "'HTTP/1.1 200 OK~no colon~~' | expected a header field, got something else in line 1",
        "'HTTP/1.1 101 Switching~~' | expected a final status, got interim ones only",
    })
    void malformedAnswer_isRefused(String answer, String message) throws Exception {
        try (LoopbackHost host = LoopbackHost.answering(answer.replace("~", "\r\n"))) {
            IOException refusal = assertThrows(IOException.class, () -> exchange(host).send(Endpoint.WIRESERVER, HEAD, new byte[0]));
            assertEquals(message, refusal.getMessage());
        }
    }

    @Test
    void endlessBody_isCutOff() throws Exception {
        byte[] block = new byte[65536];
        try (LoopbackHost host = new LoopbackHost(out -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(block);
            }
        })) {
            assertEquals("expected at most 1048576 bytes of body, got more",
                    assertThrows(IOException.class, () -> exchange(host).send(Endpoint.WIRESERVER, HEAD, new byte[0])).getMessage());
        }
    }

    @Test
    void endlessHead_isCutOff() throws Exception {
        try (LoopbackHost host = new LoopbackHost(out -> {
            out.write("HTTP/1.1 200 OK\r\nx: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write(new byte[] {'a'});
            }
        })) {
            assertEquals("expected at most 65536 bytes of head, got more",
                    assertThrows(IOException.class, () -> exchange(host).send(Endpoint.WIRESERVER, HEAD, new byte[0])).getMessage());
        }
    }

    @Test
    void silentHost_isGivenUp() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (LoopbackHost host = new LoopbackHost(out -> end.await())) {
            assertEquals("no complete answer within 1 s",
                    assertThrows(IOException.class, () -> exchange(host, BRIEF).send(Endpoint.WIRESERVER, HEAD, new byte[0])).getMessage());
        }
    }

    @Test
    void drippingHost_isGivenUp_thoughSomethingAlwaysArrives() throws Exception {
        try (LoopbackHost host = new LoopbackHost(out -> {
            out.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            CountDownLatch never = new CountDownLatch(1);
            while (!never.await(20, TimeUnit.MILLISECONDS)) {
                out.write('x');
            }
        })) {
            assertEquals("no complete answer within 1 s",
                    assertThrows(IOException.class, () -> exchange(host, BRIEF).send(Endpoint.WIRESERVER, HEAD, new byte[0])).getMessage());
        }
    }

    @Test
    void hostThatReadsNothing_isGivenUp_whileWriting() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Exchange exchange = new Exchange(LONG, BRIEF, endpoint -> (InetSocketAddress) deaf.getLocalSocketAddress());
            assertEquals("no complete answer within 1 s",
                    assertThrows(IOException.class, () -> exchange.send(Endpoint.WIRESERVER, HEAD, new byte[64 << 20])).getMessage());
        }
    }

    @Test
    void hostThatAcceptsNothing_isGivenUp_whileConnecting() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
            List<Socket> waiting = new ArrayList<>();
            try {
                // A full backlog drops further SYNs, which is what an unreachable host looks like.
                for (int i = 0; i < 2; i++) {
                    waiting.add(new Socket(address.getAddress(), address.getPort()));
                }
                Exchange exchange = new Exchange(BRIEF, LONG, endpoint -> address);
                assertEquals("no connection within 1 s",
                        assertThrows(IOException.class, () -> exchange.send(Endpoint.WIRESERVER, HEAD, new byte[0])).getMessage());
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void interruption_endsTheWait() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (LoopbackHost host = new LoopbackHost(out -> end.await())) {
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    exchange(host).send(Endpoint.WIRESERVER, HEAD, new byte[0]);
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            caller.start();
            host.received();
            caller.interrupt();
            caller.join();
            assertTrue(failure.get() != null, "it came back without a failure");
        }
    }

    @Test
    void controlCharacters_areNeverSent() throws Exception {
        try (LoopbackHost host = LoopbackHost.answering("HTTP/1.1 200 OK\r\n\r\n")) {
            for (RequestHead bad : List.of(
                    new RequestHead("GET", "/a b", List.of()),
                    new RequestHead("GET\r\n", "/", List.of()),
                    new RequestHead("GET", "/", List.of(new HeaderField("a", "b\r\nc: d"))),
                    new RequestHead("GET", "/", List.of(new HeaderField("a\n", "b"))))) {
                assertThrows(IOException.class, () -> exchange(host).send(Endpoint.WIRESERVER, bad, new byte[0]));
            }
        }
    }

    private static Exchange exchange(LoopbackHost host) {
        return exchange(host, LONG);
    }

    private static Exchange exchange(LoopbackHost host, Duration whole) {
        return new Exchange(LONG, whole, endpoint -> host.address());
    }
}
