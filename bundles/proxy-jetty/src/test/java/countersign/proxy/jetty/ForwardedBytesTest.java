package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is signed is what is sent: the head that reaches the host, byte for byte. */
@Timeout(180)
class ForwardedBytesTest {
    private static final String CLAIMS = "x-ms-azure-host-claims: { \"isRoot\": \"false\"}";
    private static final String DATED = "x-ms-azure-host-date: " + Rig.DATE;

    private final Rig rig = new Rig();

    ForwardedBytesTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void plainGet_goesOutWithLowerCaseNamesAndOursAdded_andNothingElse() throws IOException {
        assertSent(
                "GET /metadata/instance?format=json&api-version=2021-02-01 HTTP/1.1\r\nHost: 169.254.169.254\r\nUser-Agent: probe/1.4\r\nAccept: */*\r\nMetadata: true\r\n\r\n",
                "GET /metadata/instance?format=json&api-version=2021-02-01 HTTP/1.1",
                "host: 169.254.169.254",
                "user-agent: probe/1.4",
                "accept: */*",
                "metadata: true",
                CLAIMS,
                DATED);
    }

    @Test
    void getWithLengthZero_keepsIt() throws IOException {
        assertSent("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1", "host: h", "content-length: 0", CLAIMS, DATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void requestWithoutBody_getsNoLength(String method) throws IOException {
        assertSent(method + " /x HTTP/1.1\r\nHost: h\r\n\r\n", method + " /x HTTP/1.1", "host: h", CLAIMS, DATED);
    }

    @Test
    void length_isSentAsItWasWritten() throws IOException {
        Wire.Message sent = assertSent(
                "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 0005\r\n\r\nhello", "POST /x HTTP/1.1", "host: h", "content-length: 0005", CLAIMS, DATED);
        assertEquals("hello", sent.text());
    }

    @Test
    void chunkedBody_isSentInChunksAgain() throws IOException {
        Wire.Message sent = assertSent(
                "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n",
                "POST /x HTTP/1.1",
                "host: h",
                "transfer-encoding: chunked",
                CLAIMS,
                DATED);
        assertEquals("abcde", sent.text());
        assertEquals("5\r\nabcde\r\n0\r\n\r\n", new String(sent.rawBody(), StandardCharsets.US_ASCII));
    }

    @Test
    void emptyChunkedBody_isSentWithItsTerminatingChunk() throws IOException {
        Wire.Message sent = assertSent(
                "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
                "POST /x HTTP/1.1",
                "host: h",
                "transfer-encoding: CHUNKED",
                CLAIMS,
                DATED);
        assertEquals("0\r\n\r\n", new String(sent.rawBody(), StandardCharsets.US_ASCII));
    }

    @Test
    void binaryBody_arrivesUnchanged() throws IOException {
        byte[] body = new byte[102_400];
        new java.util.Random(1).nextBytes(body);
        try (RawClient client = rig.client()) {
            client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n").send(body);
            assertEquals(200, client.answer().status());
        }
        assertArrayEquals(body, rig.service.only().body());
        assertTrue(HostVerifier.accepts(rig.service.only()));
    }

    @Test
    void expect_isAnsweredHere_keptAndSigned() throws IOException {
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertEquals("HTTP/1.1 100 Continue", client.answer().startLine());
            assertEquals(200, client.send("hello").answer().status());
        }
        assertHead(rig.service.only(), "POST /x HTTP/1.1", "host: h", "expect: 100-continue", "content-length: 5", CLAIMS, DATED);
    }

    @Test
    void expectOnAnEmptyBody_isKeptToo() throws IOException {
        assertSent(
                "POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
                "POST /x HTTP/1.1",
                "host: h",
                "expect: 100-continue",
                "content-length: 0",
                CLAIMS,
                DATED);
    }

    @Test
    void head_isForwardedAndAnsweredWithoutContent() throws Exception {
        rig.service.answerWith("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        try (RawClient client = rig.client()) {
            Wire.Message first = client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n").answerToHead();
            assertEquals("1234", first.field("content-length"));
            rig.awaitKept();
            assertEquals(200, client.send("HEAD /y HTTP/1.1\r\nHost: h\r\n\r\n").answerToHead().status());
        }
        assertHead(rig.service.received().get(0), "HEAD /x HTTP/1.1", "host: h", CLAIMS, DATED);
        assertEquals(1, rig.service.connections());
    }

    @Test
    void repeatedFields_stayRepeatedAndInOrder() throws IOException {
        assertSent(
                "GET / HTTP/1.1\r\nX-Tag: one\r\nHost: h\r\nx-tag: two\r\nCookie: a=1\r\nX-TAG: three\r\n\r\n",
                "GET / HTTP/1.1",
                "x-tag: one",
                "host: h",
                "x-tag: two",
                "cookie: a=1",
                "x-tag: three",
                CLAIMS,
                DATED);
    }

    @Test
    void valuesKeepTheirCase_alsoWhereALibraryKnowsTheField() throws IOException {
        assertSent(
                "GET / HTTP/1.1\r\nHost: LocalHost\r\nContent-Type: TEXT/html;charset=UTF-8\r\nAccept-Encoding: GZIP\r\nCache-Control: No-Cache\r\nAccept: */*;q=0.5\r\nX-Empty:\r\n\r\n",
                "GET / HTTP/1.1",
                "host: LocalHost",
                "content-type: TEXT/html;charset=UTF-8",
                "accept-encoding: GZIP",
                "cache-control: No-Cache",
                "accept: */*;q=0.5",
                "x-empty: ",
                CLAIMS,
                DATED);
    }

    @Test
    void fieldsOfTheClientThatAreOurs_neverReachTheHost() throws IOException {
        assertSent(
                "GET / HTTP/1.1\r\nHost: h\r\nx-ms-azure-host-authorization: Azure-HMAC-SHA256 forged\r\nX-MS-Azure-Host-Claims: { \"isRoot\": \"true\"}\r\nx-ms-azure-host-date: never\r\n\r\n",
                "GET / HTTP/1.1",
                "host: h",
                CLAIMS,
                DATED);
    }

    @Test
    void fieldsOfThisLeg_areRemovedBeforeSigning() throws IOException {
        assertSent(
                "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nProxy-Authorization: y\r\nTE: trailers\r\nTrailer: z\r\nUpgrade: h2c\r\nX-End: 2\r\n\r\n",
                "GET / HTTP/1.1",
                "host: h",
                "x-end: 2",
                CLAIMS,
                DATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2Fb/%41;p=1/./c", "/a\"{|}~^[]\\@:;,=!$&'()*+-._", "/x?", "/x?a=b?c/d&e=`{}&&=z&Q=%zz", "/%zz%", "*"})
    void target_isForwardedAsReceived(String target) throws IOException {
        assertSent("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n", "GET " + target + " HTTP/1.1", "host: h", CLAIMS, DATED);
        assertEquals(target, rig.judged.get(0).target());
    }

    @Test
    void fragment_isCutOff() throws IOException {
        assertSent("GET /x?a=b#frag?ment HTTP/1.1\r\nHost: h\r\n\r\n", "GET /x?a=b HTTP/1.1", "host: h", CLAIMS, DATED);
        assertEquals("/x?a=b", rig.judged.get(0).target());
    }

    @Test
    void absoluteForm_isJudgedAsReceivedAndForwardedInOriginForm() throws IOException {
        assertSent(
                "GET http://169.254.169.254/x?a=b HTTP/1.1\r\nHost: other\r\n\r\n", "GET /x?a=b HTTP/1.1", "host: other", CLAIMS, DATED);
        assertEquals("http://169.254.169.254/x?a=b", rig.judged.get(0).target());
    }

    @Test
    void http10_becomesHttp11WithAHost() throws IOException {
        rig.endpoint = Endpoint.HOSTGA;
        assertSent("GET /x HTTP/1.0\r\n\r\n", "GET /x HTTP/1.1", "host: 168.63.129.16:32526", CLAIMS, DATED);
    }

    @Test
    void elevatedCaller_isClaimedToBeRoot() throws IOException {
        rig.caller = Rig.caller(0, true);
        assertSent("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1", "host: h", "x-ms-azure-host-claims: { \"isRoot\": \"true\"}", DATED);
    }

    @Test
    void largeHead_isForwarded() throws IOException {
        String value = "v".repeat(30_000);
        String target = "/" + "t".repeat(65_000);
        assertSent("GET " + target + " HTTP/1.1\r\nHost: h\r\nX-Long: " + value + "\r\n\r\n", "GET " + target + " HTTP/1.1", "host: h", "x-long: " + value, CLAIMS, DATED);
    }

    @Test
    void thousandRandomRequests_areAllSignedAsSent() throws IOException {
        java.util.Random random = new java.util.Random(42);
        String[] methods = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 1000; i++) {
                StringBuilder request = new StringBuilder(methods[random.nextInt(methods.length)]).append(" /p").append(i);
                for (int j = random.nextInt(4); j > 0; j--) {
                    request.append(request.indexOf("?") < 0 ? '?' : '&').append("K").append(j).append(random.nextBoolean() ? "=" + random.nextInt(9) : "");
                }
                request.append(" HTTP/1.1\r\nHost: h\r\n");
                for (int j = random.nextInt(6); j > 0; j--) {
                    request.append("X-").append(random.nextInt(4)).append(":").append(" \t".repeat(random.nextInt(2))).append("v v").append(j).append(" \r\n");
                }
                byte[] body = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(2000)];
                random.nextBytes(body);
                if (random.nextBoolean()) {
                    client.send(request + "Content-Length: " + body.length + "\r\n\r\n").send(body);
                } else if (body.length > 0) {
                    int cut = random.nextInt(body.length) + 1;
                    client.send(request + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(cut) + "\r\n").send(java.util.Arrays.copyOf(body, cut));
                    client.send("\r\n" + (cut < body.length ? Integer.toHexString(body.length - cut) + "\r\n" : ""));
                    client.send(java.util.Arrays.copyOfRange(body, cut, body.length)).send((cut < body.length ? "\r\n" : "") + "0\r\n\r\n");
                } else {
                    client.send(request + "\r\n");
                    body = new byte[0];
                }
                assertEquals(200, client.answer().status());
                Wire.Message sent = rig.service.received().get(i);
                assertArrayEquals(body, sent.body());
                assertEquals(HostVerifier.expected(sent), sent.field("x-ms-azure-host-authorization"));
            }
        }
        assertEquals(1, rig.attributions.get());
    }

    private Wire.Message assertSent(String request, String... head) throws IOException {
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(request).status());
        }
        Wire.Message sent = rig.service.only();
        assertHead(sent, head);
        return sent;
    }

    private static void assertHead(Wire.Message sent, String... head) {
        List<String> expected = new ArrayList<>(List.of(head));
        expected.add("x-ms-azure-host-authorization: " + HostVerifier.expected(sent));
        assertEquals(String.join("\n", expected), String.join("\n", sent.head()));
        assertNull(sent.field("connection"));
    }
}
