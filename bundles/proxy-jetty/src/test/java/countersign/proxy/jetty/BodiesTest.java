package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.endpoint.Endpoint;
import countersign.telemetry.AuditEvent.EndorsementKind;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits on bodies, and the large ones that are streamed (proxy.md section 9, signing.md section 8). */
@Timeout(180)
@SuppressWarnings("try")
class BodiesTest {
    private static final String EXEMPT = "PUT /vmAgentLog HTTP/1.1\r\nHost: h\r\n";

    private final Rig rig = new Rig(Rig.SMALL);

    BodiesTest() throws IOException {
        rig.endpoint = Endpoint.WIRESERVER;
        rig.caller = Rig.caller(0, true);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void bodyAtTheLimit_isSigned_oneByteMoreIsRefused() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n").send(new byte[102_400]);
            assertEquals(200, client.answer().status());
            assertTrue(HostVerifier.accepts(rig.service.only()));
            assertEquals(413, client.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102401\r\n\r\n").status());
        }
    }

    @Test
    void chunkedBody_overTheLimit_is413WithItsEvent() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n19001\r\n").send(new byte[102_401]);
            Wire.Message answer = client.answer();
            assertEquals(413, answer.status());
            assertEquals("close", answer.field("connection"));
            assertEquals("length limit exceeded", answer.text());
        }
        assertEquals("body-length", rig.audit().reason());
        assertEquals(0, rig.service.received().size());
    }

    @Test
    void brokenChunk_is400() throws Exception {
        try (RawClient client = rig.client()) {
            assertEquals(400, client.ask("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX").status());
        }
        assertEquals("body-malformed", rig.audit().reason());
        assertEquals(0, rig.service.received().size());
    }

    @Test
    void endlessFraming_is400() throws Exception {
        assertEndless("1;", "x".repeat(8000));
        assertEndless("0\r\nX-Trailer: ", "x".repeat(8000));
        assertEndless("0\r\n", "X-T: 1\r\n".repeat(1000));
        assertEquals(3, rig.count(Refusal.BODY_MALFORMED));
        assertEquals(0, rig.service.received().size());
    }

    private void assertEndless(String begin, String more) throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + begin);
            try {
                for (int i = 0; i < 200; i++) {
                    client.send(more);
                }
            } catch (IOException e) {
                // Cut while sending.
            }
            assertEquals("body-malformed", rig.audit().reason());
        }
    }

    @Test
    void refusedLargeBody_doesNotCostTheClientItsAnswer() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\n").send(new byte[600_000]);
            assertEquals(413, client.answer().status());
        }
    }

    @Test
    void stalledBody_is400() throws Exception {
        try (Rig hasty = exempting(Rig.brief(Rig.Time.BODY), null); RawClient client = hasty.client()) {
            assertEquals(400, client.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").status());
            assertTrue(client.isClosedByAgent());
            assertEquals("body-stalled", hasty.audit().reason());
            assertEquals(0, hasty.listener().memoryUsed());
        }
    }

    @Test
    void clientThatLeavesWithinItsBody_isToldToTelemetry() throws Exception {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab").shutdownOutput();
            assertEquals("client-gone", rig.audit().reason());
        }
        assertEquals(0, rig.service.received().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 20_000})
    void mistakeOfOurs_endsTheConnection_whicheverThreadMakesIt(int length) throws Exception {
        try (Listener failing = new Listener(new java.net.InetSocketAddress("127.0.0.1", 0), rig.services, Rig.PATIENT, () -> rig.settings, endpoint -> {
            throw new IllegalStateException("played");
        })) {
            failing.open();
            try (RawClient client = new RawClient(failing.address())) {
                client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n").send(new byte[length]);
                assertTrue(client.isClosedByAgent());
            }
            assertEquals("internal", rig.audit().reason());
        }
    }

    @Test
    void bodiesTogether_areBoundedToo_andGiveTheirMemoryBack() throws Exception {
        RawClient[] clients = new RawClient[6];
        int full = 0;
        for (int i = 0; i < clients.length; i++) {
            clients[i] = rig.client();
            clients[i].send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n").send(new byte[102_399]);
        }
        Rig.await("one too many", () -> rig.count(Refusal.BODY_MEMORY) > 0);
        for (RawClient client : clients) {
            // Whoever was refused has this byte discarded.
            Wire.Message answer = client.send("x").answer();
            full += answer.status() == 503 ? 1 : 0;
            assertTrue(answer.status() == 503 || answer.status() == 200, answer::startLine);
            client.close();
        }
        assertTrue(full >= 1, "512 KiB hold at most five bodies of 100 KiB");
        assertEquals(full, rig.count(Refusal.BODY_MEMORY));
        Rig.await("connections closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == clients.length);
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n").send(new byte[102_400]);
            assertEquals(200, client.answer().status());
        }
    }

    @Test
    void exemptBody_isStreamedUnsigned() throws Exception {
        byte[] body = new byte[9_000_000];
        new Random(5).nextBytes(body);
        try (RawClient client = rig.client()) {
            client.send(EXEMPT + "x-ms-azure-host-authorization: forged\r\nContent-Length: " + body.length + "\r\n\r\n").send(body);
            assertEquals(200, client.answer().status());
            assertEquals(200, client.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").status());
        }
        Wire.Message sent = rig.service.received().get(0);
        assertEquals(
                List.of(
                        "PUT /vmAgentLog HTTP/1.1",
                        "host: h",
                        "content-length: 9000000",
                        "x-ms-azure-host-claims: { \"isRoot\": \"true\"}",
                        "x-ms-azure-host-date: " + Rig.DATE),
                sent.head());
        assertArrayEquals(body, sent.body());
        assertEquals(EndorsementKind.EXEMPT, rig.audit().endorsement());
        assertEquals(1, rig.count(Counters.Event.FORWARDED_EXEMPT));
    }

    @Test
    void exemptChunkedBody_isStreamedInChunks() throws Exception {
        byte[] body = new byte[300_000];
        new Random(6).nextBytes(body);
        try (RawClient client = rig.client()) {
            client.send("POST /machine/?comp=telemetrydata HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 3; i++) {
                client.send("186a0\r\n").send(java.util.Arrays.copyOfRange(body, i * 100_000, (i + 1) * 100_000)).send("\r\n");
            }
            assertEquals(200, client.ask("0\r\n\r\n").status());
        }
        assertArrayEquals(body, rig.service.only().body());
    }

    @Test
    void exemptRequestWithoutBody_isForwarded() throws Exception {
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(EXEMPT + "\r\n").status());
            assertEquals(200, client.ask(EXEMPT + "Content-Length: 0\r\n\r\n").status());
        }
        assertEquals(2, rig.service.received().size());
    }

    @Test
    void exemptBody_isAskedForWhenTheClientExpectsThat() throws Exception {
        try (RawClient client = rig.client()) {
            client.send(EXEMPT + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertEquals(100, client.answer().status());
            assertEquals(200, client.send("abc").answer().status());
        }
        assertEquals("100-continue", rig.service.only().field("expect"));
    }

    @Test
    void exemptBody_overItsLimit_is413() throws Exception {
        try (RawClient client = rig.client()) {
            assertEquals(413, client.ask(EXEMPT + "Content-Length: 104857601\r\n\r\n").status());
        }
        assertEquals(0, rig.service.received().size());
    }

    @Test
    void stalledExemptBody_is400AndTheHostIsLeft() throws Exception {
        try (Rig hasty = exempting(Rig.brief(Rig.Time.BODY), null); RawClient client = hasty.client()) {
            assertEquals(400, client.ask(EXEMPT + "Content-Length: 10\r\n\r\nabc").status());
            assertEquals("body-stalled", hasty.audit().reason());
            assertEquals(0, hasty.service.received().size());
        }
    }

    @Test
    void brokenExemptBody_is400() throws Exception {
        try (RawClient client = rig.client()) {
            assertEquals(400, client.ask(EXEMPT + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcXX").status());
        }
        assertEquals("body-malformed", rig.audit().reason());
    }

    @Test
    void clientThatLeavesWithinAnExemptBody_isToldToTelemetry() throws Exception {
        try (RawClient client = rig.client()) {
            client.send(EXEMPT + "Content-Length: 10\r\n\r\nabc").shutdownOutput();
            assertEquals("client-gone", rig.audit().reason());
        }
        Rig.await("closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == 1);
    }

    @Test
    void earlyAnswerToAnExemptBody_arrives_andTheConnectionEnds() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (Rig early = exempting(hastyAddress(left)); RawClient client = early.client()) {
            client.send(EXEMPT + "Content-Length: 1000000\r\n\r\n").send(new byte[1000]);
            Wire.Message answer = client.answer();
            assertEquals(507, answer.status());
            assertEquals("close", answer.field("connection"));
            client.close();
            assertEquals("", early.audit().reason());
            assertTrue(left.await(10, TimeUnit.SECONDS), "the connection to the host, on which the rest of the body is missing, is closed");
        }
    }

    @Test
    void clientThatLeavesBeforeItHearsOfAnUnreachableHost_leavesNothingBehind() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (var nobody = new Nobody(); Rig lonely = exempting(nobody.address()); RawClient client = lonely.client()) {
            lonely.deciding = request -> {
                await(gone);
                return new Decision.Allow(Rig.explanation(Stage.NO_RULES));
            };
            client.send(EXEMPT + "Content-Length: 10\r\n\r\nabc");
            Rig.await("judged", () -> !lonely.judged.isEmpty());
            client.reset();
            gone.countDown();
            Rig.await("closed", () -> lonely.count(Counters.Event.CONNECTIONS_CLOSED) == 1);
            assertEquals("client-gone", lonely.audit().reason());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unreachableHostOfAnExemptBody_is502() throws Exception {
        try (var nobody = new Nobody(); Rig lonely = exempting(nobody.address()); RawClient client = lonely.client()) {
            assertEquals(502, client.ask(EXEMPT + "Content-Length: 3\r\n\r\nabc").status());
            assertEquals("service-unreachable", lonely.audit().reason());
        }
    }

    @Test
    void hostThatLeavesWithinAnExemptBody_is503() throws Exception {
        java.net.ServerSocket leaving = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        Thread host = new Thread(() -> {
            try (var socket = leaving.accept()) {
                socket.getInputStream().readNBytes(20);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        host.start();
        try (leaving; Rig left = exempting(new java.net.InetSocketAddress("127.0.0.1", leaving.getLocalPort())); RawClient client = left.client()) {
            client.send(EXEMPT + "Content-Length: 1000000\r\n\r\n").send(new byte[1000]);
            assertEquals(503, client.answer().status());
            client.close();
            assertEquals("service-failed", left.audit().reason());
        }
    }

    private static Rig exempting(java.net.InetSocketAddress host) throws IOException {
        return exempting(Rig.PATIENT, host);
    }

    private static Rig exempting(Limits limits, java.net.InetSocketAddress host) throws IOException {
        Rig rig = new Rig(limits, host);
        rig.endpoint = Endpoint.WIRESERVER;
        rig.caller = Rig.caller(0, true);
        return rig;
    }

    private static java.net.InetSocketAddress hastyAddress(CountDownLatch left) throws IOException {
        java.net.ServerSocket server = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
        Thread host = new Thread(() -> {
            try (server; var socket = server.accept()) {
                socket.getInputStream().readNBytes(20);
                socket.getOutputStream().write("HTTP/1.1 507 Full\r\nContent-Length: 0\r\n\r\n".getBytes());
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // Closed with bytes on their way: the same.
            }
            left.countDown();
        });
        host.start();
        return new java.net.InetSocketAddress("127.0.0.1", server.getLocalPort());
    }
}
