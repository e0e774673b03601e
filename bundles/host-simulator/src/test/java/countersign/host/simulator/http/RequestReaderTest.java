package countersign.host.simulator.http;

import static countersign.host.simulator.http.RawRequest.latin;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestReaderTest {
    private static final String GET = "GET / HTTP/1.1\r\n";
    private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\n";

    static Stream<Arguments> refusals() {
        return Map.<String, BadInput>ofEntries(
                Map.entry("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("GET /\r\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("GET / HTTP/1.1\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("G(T / HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.REQUEST_LINE),
                Map.entry("GET / HTTP/2.0\r\nHost: h\r\n\r\n", BadInput.VERSION),
                Map.entry("GET / http/1.1\r\nHost: h\r\n\r\n", BadInput.VERSION),
                Map.entry("GET a HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET),
                Map.entry("GET /#f HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET),
                Map.entry("GET /a?b#f HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET),
                Map.entry("GET /metadata\u00c3\u00a9 HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET),
                Map.entry("GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET),
                Map.entry("GET /" + "a".repeat(65_534) + " HTTP/1.1\r\nHost: h\r\n\r\n", BadInput.TARGET_TOO_LONG),
                Map.entry(GET + "Host: h\r\nX-Name: M\u00fcller\r\n\r\n", BadInput.HEADER_BYTE),
                Map.entry(GET + "Host: h\r\nX-Name: a\u007fb\r\n\r\n", BadInput.HEADER_BYTE),
                Map.entry(GET + "Host: h\r\nX-Name: a\u0000b\r\n\r\n", BadInput.HEADER_BYTE),
                Map.entry(GET + "Host: h\r\nX Name: a\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host : h\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\r\n folded\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\r\nno colon\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\r\n: empty\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\nX: y\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\rX: y\r\n\r\n", BadInput.HEADER_SYNTAX),
                Map.entry(GET + "Host: h\r\n" + "X: y\r\n".repeat(128) + "\r\n", BadInput.HEADERS_TOO_LARGE),
                Map.entry(GET + "Host: h\r\nX: " + "y".repeat(256 << 10) + "\r\n\r\n", BadInput.HEADERS_TOO_LARGE),
                Map.entry(GET + "\r\n", BadInput.HOST_MISSING),
                Map.entry(GET + "Host: h\r\nhost: h\r\n\r\n", BadInput.HOST_REPEATED),
                Map.entry(POST + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", BadInput.LENGTH_REPEATED),
                Map.entry(POST + "Content-Length: +1\r\n\r\nx", BadInput.LENGTH_INVALID),
                Map.entry(POST + "Content-Length: 1, 1\r\n\r\nx", BadInput.LENGTH_INVALID),
                Map.entry(POST + "Content-Length:\r\n\r\n", BadInput.LENGTH_INVALID),
                Map.entry(POST + "Content-Length: 104857601\r\n\r\n", BadInput.BODY_TOO_LARGE),
                Map.entry(POST + "Content-Length: 99999999999999999999\r\n\r\n", BadInput.BODY_TOO_LARGE),
                Map.entry(POST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BadInput.LENGTH_AND_CHUNKED),
                Map.entry(POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BadInput.TRANSFER_ENCODING),
                Map.entry(POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", BadInput.TRANSFER_ENCODING),
                Map.entry("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", BadInput.TRANSFER_ENCODING),
                Map.entry(POST + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n", BadInput.CHUNK),
                Map.entry(POST + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", BadInput.CHUNK),
                Map.entry(POST + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", BadInput.CHUNK),
                Map.entry(POST + "Transfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", BadInput.CHUNK),
                Map.entry(POST + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", BadInput.BODY_TOO_LARGE),
                Map.entry(POST + "Content-Length: 3\r\n\r\nab", BadInput.BODY_TRUNCATED),
                Map.entry("GET / HT", BadInput.BODY_TRUNCATED))
                .entrySet().stream().map(e -> Arguments.of(e.getValue(), e.getKey()));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("refusals")
    void ambiguousInput_isRefusedWithItsReason(BadInput reason, String raw) {
        var refused = assertInstanceOf(Received.Refused.class, RawRequest.read(latin(raw)));
        assertEquals(reason, refused.reason());
    }

    @Test
    void refusal_showsWhatCouldBeRead() {
        var refused = assertInstanceOf(Received.Refused.class, RawRequest.read(latin("GET /a HTTP/1.1\r\nHost: h\r\nHOST: i\r\n\r\n")));
        assertEquals("/a", refused.soFar().target());
        assertEquals(List.of(new Header("Host", "h"), new Header("HOST", "i")), refused.soFar().headers());
    }

    @Test
    void headers_keepOrderCaseAndRepetition_andLoseOuterBlanksOnly() {
        String raw = GET + "X-B:\t a  b \t\r\nhost:h\r\nx-b:\r\nX-A: \u0021~\r\n\r\n";
        var complete = assertInstanceOf(Received.Complete.class, RawRequest.read(latin(raw)));
        assertEquals(List.of(new Header("X-B", "a  b"), new Header("host", "h"), new Header("x-b", ""), new Header("X-A", "!~")),
                complete.request().headers());
    }

    @ParameterizedTest
    @CsvSource({"/, /, ''", "/a/%2F;x=1, /a/%2F;x=1, ''", "/a?, /a, ''", "/a?b=?c, /a, b=?c", "http://h, /, ''",
        "http://h?K=v, /, K=v", "HTTP://h:80/p?q, /p, q", "/http://x, /http://x, ''"})
    void target_splitsIntoPathAndQuery_withoutNormalisation(String target, String path, String query) {
        Request request = RawRequest.read("GET", target, List.of(new Header("Host", "h")), new byte[0]);
        assertEquals(target, request.target());
        assertEquals(path, request.path());
        assertEquals(query, request.query());
    }

    @Test
    void chunkedBody_isJoined_andTheNextRequestFollows() throws IOException {
        String raw = POST + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n";
        RequestReader reader = new RequestReader(new ByteArrayInputStream(latin(raw)), new ByteArrayOutputStream());
        var first = assertInstanceOf(Received.Complete.class, reader.read());
        assertArrayEquals(latin("abc0123456789"), first.request().body().kept());
        var second = assertInstanceOf(Received.Complete.class, reader.read());
        assertEquals("/next", second.request().target());
        assertInstanceOf(Received.Ended.class, reader.read());
    }

    @Test
    void expectation_isAnsweredWhenNoBodyHasArrived() throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        byte[] head = latin(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        // A sender that waits: its body is there only after the answer.
        RequestReader reader = new RequestReader(new ByteArrayInputStream(new byte[0]) {
            private boolean headRead;

            @Override
            public int read(byte[] into) {
                byte[] from = headRead ? latin(answers.size() > 0 ? "ok" : "") : head;
                headRead = true;
                System.arraycopy(from, 0, into, 0, from.length);
                return from.length == 0 ? -1 : from.length;
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        }, answers);
        var complete = assertInstanceOf(Received.Complete.class, reader.read());
        assertArrayEquals(latin("ok"), complete.request().body().kept());
        assertEquals("HTTP/1.1 100 Continue\r\n\r\n", answers.toString());
    }

    @Test
    void expectation_withBodyAlreadyThere_isNotAnswered() throws IOException {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        byte[] raw = latin(POST + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok");
        new RequestReader(new ByteArrayInputStream(raw), answers).read();
        assertEquals(0, answers.size());
    }

    @Test
    void largeBody_isHashedButNotKept() throws Exception {
        byte[] body = new byte[RequestReader.KEPT_BODY + 1];
        Request request = RawRequest.read("PUT", "/vmAgentLog",
                List.of(new Header("Host", "h"), new Header("Content-Length", Integer.toString(body.length))), body);
        assertNull(request.body().kept());
        assertEquals(body.length, request.body().length());
        assertEquals(HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(body)), request.body().sha256());
    }

    @Test
    void http10_needsNoHost() {
        var complete = assertInstanceOf(Received.Complete.class, RawRequest.read(latin("GET / HTTP/1.0\r\n\r\n")));
        assertEquals(true, complete.request().http10());
    }
}
