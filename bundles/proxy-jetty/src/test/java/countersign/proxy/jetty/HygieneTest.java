package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no proper request, or two requests in one: refused, the connection closed, nothing forwarded. */
@Timeout(180)
class HygieneTest {
    private final Rig rig = new Rig();

    HygieneTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551617\r\n\r\na",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nX: a\u007fb\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nNo-Colon\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nX(y): 1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\nHost: h\n\n",
        "GET /a HTTP/2.0\r\nHost: h\r\n\r\n",
        "GET /a HTTP/1.2\r\nHost: h\r\n\r\n",
        "GET /a HTTP/0.9\r\nHost: h\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a\r\n\r\n",
        "G(T /a HTTP/1.1\r\nHost: h\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
        "GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\nbroken\u0001\r\n\r\n",
    })
    void malformedRequest_is400AndNothingIsForwarded(String request) throws IOException {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.send(request).answer();
            assertEquals(400, answer.status(), answer::startLine);
            assertEquals("close", answer.field("connection"));
            assertTrue(client.isClosedByAgent());
        }
        assertEquals(0, rig.service.received().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a/b", "u@h", "h:x", "h:99999", "[::1"})
    void hostThatIsNone_is400_andNotInTheLog(String host) throws IOException {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLoggerName().startsWith("org.eclipse.jetty.util.")) {
                    logged.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        try (RawClient client = rig.client()) {
            assertEquals(400, client.ask("GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status());
        } finally {
            root.removeHandler(handler);
        }
        assertEquals(List.of(), logged);
    }

    @Test
    void requestBehindARefusedOne_isNeverLookedAt() throws IOException {
        try (RawClient client = rig.client()) {
            client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
            assertEquals(400, client.answer().status());
            assertTrue(client.isClosedByAgent());
        }
        assertEquals(0, rig.service.received().size());
        assertEquals(0, rig.judged.size());
    }

    @Test
    void bodyThatLooksLikeARequest_staysABody() throws IOException {
        String body = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).status());
            assertEquals(200, client.ask("GET /b HTTP/1.1\r\nHost: h\r\n\r\n").status());
        }
        assertEquals(2, rig.service.received().size());
        assertEquals(body, rig.service.received().get(0).text());
        assertTrue(HostVerifier.accepts(rig.service.received().get(0)));
    }

    @Test
    void emptyLinesBetweenRequests_areSkipped() throws IOException {
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask("\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n").status());
            assertEquals(200, client.ask("\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n").status());
        }
    }

    @Test
    void oversizedHead_is431WithoutBeingKept() throws IOException {
        try (RawClient client = rig.client()) {
            client.send("GET /a HTTP/1.1\r\nHost: h\r\nX-Long: ");
            String block = "x".repeat(8192);
            try {
                for (int i = 0; i < 20; i++) {
                    client.send(block);
                }
            } catch (IOException e) {
                // The agent may close while the rest is on its way.
            }
            assertEquals(431, client.answer().status());
        }
        assertEquals(1, rig.count(Refusal.HEAD_LENGTH));
    }

    @Test
    void endlessTarget_is414() throws IOException {
        try (RawClient client = rig.client()) {
            client.send("GET /");
            String block = "x".repeat(8192);
            try {
                for (int i = 0; i < 20; i++) {
                    client.send(block);
                }
            } catch (IOException e) {
                // As above.
            }
            assertEquals(414, client.answer().status());
        }
        assertEquals(1, rig.count(Refusal.TARGET_LENGTH));
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        rig.service.script((request, out, socket) -> {
            String path = request.startLine().split(" ")[1];
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + path.length() + "\r\n\r\n" + path).getBytes());
            return true;
        });
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            all.append(i % 5 == 4 ? "GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n" : "GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        try (RawClient client = rig.client()) {
            client.send(all.toString());
            for (int i = 0; i < 500; i++) {
                assertEquals(i % 5 == 4 ? "{\"finished\":true,\"errorMessage\":\"\"}" : "/" + i, client.answer().text());
            }
        }
        assertEquals(1, rig.attributions.get());
    }

    @Test
    void thousandsOfPipelinedLocalQueries_neitherFillTheStackNorStarveOthers() throws IOException {
        String query = "GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n";
        try (RawClient client = rig.client(); RawClient other = rig.client()) {
            Thread sender = new Thread(() -> {
                try {
                    client.send(query.repeat(5_000));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            assertEquals(200, other.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").status());
            for (int i = 0; i < 5_000; i++) {
                assertEquals(200, client.answer().status());
            }
        }
    }

    @Test
    void requestInSingleBytes_isUnderstood() throws IOException {
        try (RawClient client = rig.client()) {
            for (char c : "POST /a?b=c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertEquals(200, client.answer().status());
        }
        assertEquals("abc", rig.service.only().text());
        assertTrue(HostVerifier.accepts(rig.service.only()));
    }
}
