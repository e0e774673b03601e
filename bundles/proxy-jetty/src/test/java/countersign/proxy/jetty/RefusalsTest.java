package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.AttributionOutcome;
import countersign.attribution.AttributionOutcome.Unattributed;
import countersign.authorization.Decision;
import countersign.authorization.Proposal;
import countersign.authorization.Remedy;
import countersign.authorization.Stage;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.keys.ChannelState;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.AuditEvent.EndorsementKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of proxy.md section 3, and that each one's answer, counter and event agree. */
@Timeout(180)
class RefusalsTest {
    private final Rig rig = new Rig();

    RefusalsTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        assertEquals(0, rig.service.received().size(), "nothing may reach the host");
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "TRACE", "CONNECT", "PROPFIND", "Get"})
    void method_thatIsNotPermitted_is405(String method) throws Exception {
        Wire.Message answer = assertRefused(Refusal.METHOD, 405, method + " /x HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH", answer.field("allow"));
        assertEquals("text/plain; charset=utf-8", answer.field("content-type"));
        assertEquals("Method Not Allowed", answer.text());
    }

    @Test
    void method_isJudgedBeforeTheFormOfTheTarget() throws Exception {
        assertRefused(Refusal.METHOD, 405, "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a//b", "//", "/a/../b", "/a/..b", "/%2e%2e/", "/a%2e./b", "/provision/.."})
    void traversal_is403(String target) throws Exception {
        Wire.Message answer = assertRefused(Refusal.TRAVERSAL, 403, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("", answer.text());
    }

    @ParameterizedTest
    @CsvSource({
        "NO_RECORD,       NO_RECORD",
        "RECORD_LAYOUT,   RECORD_LAYOUT",
        "DESTINATION,     DESTINATION",
        "EXECUTABLE_NAME, EXECUTABLE_NAME",
        "UNAVAILABLE,     ATTRIBUTION_UNAVAILABLE",
    })
    void noAttribution_is421_eachForItsReason(AttributionOutcome.Reason reason, Refusal refusal) throws Exception {
        rig.attributing = client -> new Unattributed(reason);
        assertRefused(refusal, 421, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void noAttribution_comesAfterMethodAndTraversal() throws Exception {
        rig.attributing = client -> new Unattributed(AttributionOutcome.Reason.NO_RECORD);
        assertRefused(Refusal.METHOD, 405, "TRACE /x HTTP/1.1\r\nHost: h\r\n\r\n");
        assertRefused(Refusal.TRAVERSAL, 403, "GET /a//b HTTP/1.1\r\nHost: h\r\n\r\n");
        assertRefused(Refusal.BODY_LENGTH, 413, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102401\r\n\r\n");
        assertRefused(Refusal.NO_RECORD, 421, "GET http://169.254.169.254/x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void failingAttribution_is421() throws Exception {
        rig.attributing = client -> {
            throw new IllegalStateException("map gone");
        };
        assertRefused(Refusal.ATTRIBUTION_UNAVAILABLE, 421, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void denied_is403_withWhatNamesTheDecisionAndNoMore() throws Exception {
        rig.deciding = request -> new Decision.Deny(Rig.explanation(Stage.RULES));
        Wire.Message answer = assertRefused(Refusal.AUTHORIZATION, 403, "GET /metadata/instance HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("application/json; charset=utf-8", answer.field("content-type"));
        assertEquals("{\"decisionId\":\"d-1\",\"stage\":\"rules\",\"endpoint\":\"imds\",\"canonicalPath\":\"/metadata/instance\",\"epoch\":7}", answer.text());
    }

    @Test
    void denied_whatRulesCouldDo_isNotAskedForWhileTheCallerWaits_norToldToIt() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Remedy remedy = () -> {
            asked.incrementAndGet();
            return Optional.of(new Proposal.None("secret of the rules"));
        };
        rig.deciding = request -> new Decision.Deny(Rig.explanation(Stage.RULES, remedy));
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /metadata/instance HTTP/1.1\r\nHost: h\r\n\r\n");
            assertEquals("{\"decisionId\":\"d-1\",\"stage\":\"rules\",\"endpoint\":\"imds\",\"canonicalPath\":\"/metadata/instance\",\"epoch\":7}", answer.text());
            AuditEvent event = rig.audit();
            assertEquals(0, asked.get());
            assertSame(remedy, event.explanation().orElseThrow().remedy());
        }
    }

    @Test
    void denied_isToldToTelemetryInFull() throws Exception {
        rig.deciding = request -> new Decision.Deny(Rig.explanation(Stage.RULES));
        try (RawClient client = rig.client()) {
            client.ask("GET /metadata/instance HTTP/1.1\r\nHost: h\r\n\r\n");
            AuditEvent event = rig.audit();
            assertEquals(1, event.requestId());
            assertEquals(1, event.connectionId());
            assertEquals("GET", event.method());
            assertEquals("/metadata/instance", event.url());
            assertEquals(client.port(), event.client().getPort());
            assertEquals(Optional.of(Endpoint.IMDS), event.endpoint());
            assertEquals(Optional.of(rig.caller), event.caller());
            assertEquals(403, event.status());
            assertEquals("authorization", event.reason());
            assertTrue(event.failedAuthorization());
            assertEquals(EndorsementKind.NONE, event.endorsement());
            assertEquals(Optional.of(Rig.explanation(Stage.RULES)), event.explanation());
            assertTrue(event.elapsed().toNanos() > 0);
        }
    }

    @Test
    void failingEngine_is500() throws Exception {
        rig.deciding = request -> {
            throw new IllegalStateException("broken");
        };
        assertRefused(Refusal.INTERNAL, 500, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void engineThatLinksNoMore_is500() throws Exception {
        rig.deciding = request -> {
            throw new NoClassDefFoundError("gone");
        };
        assertRefused(Refusal.INTERNAL, 500, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void noUsableKey_is503() throws Exception {
        rig.channel = new ChannelState(Optional.empty(), true, true, Map.of(Endpoint.IMDS, EndpointMode.ENFORCE));
        assertRefused(Refusal.NO_USABLE_KEY, 503, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void unknownChannel_is503() throws Exception {
        rig.channel = ChannelState.UNKNOWN;
        assertRefused(Refusal.CHANNEL_UNKNOWN, 503, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "HEADER_REPEATED,    400, 'Metadata: true\r\nmetadata: true'",
        "HEADER_REPEATED,    400, 'x-ms-version: 1\r\nx-ms-version: 1'",
        "HEADER_REPEATED,    400, 'x-ms-azure-host-claims: a\r\nX-MS-AZURE-HOST-CLAIMS: b'",
        "TRANSFER_CODING,    400, 'Transfer-Encoding: gzip, chunked'",
        "CONNECTION_OPTION,  400, 'Connection: close, Host'",
        "CONNECTION_OPTION,  400, 'Connection: x-ms-version\r\nx-ms-version: 1'",
        "CONNECTION_OPTION,  400, 'Connection: Metadata\r\nMetadata: true'",
        "CONNECTION_OPTION,  400, 'Connection: authorization\r\nAuthorization: Bearer x'",
        "CONNECTION_OPTION,  400, 'Connection: Content-Type\r\nContent-Type: text/xml'",
        "CONNECTION_OPTION,  400, 'Connection: expect'",
        "HEADER_BYTES,       400, 'X-Name: m\u00fcller'",
        "BODY_LENGTH,        413, 'Content-Length: 102401'",
        "BODY_LENGTH,        413, 'Content-Length: 9223372036854775807'",
    })
    void header_thatCannotBeEndorsed(Refusal refusal, int status, String fields) throws Exception {
        String end = fields.contains("chunked") ? "\r\n\r\n0\r\n\r\n" : "\r\n\r\n";
        assertRefused(refusal, status, "GET /x HTTP/1.1\r\nHost: h\r\n" + fields + end);
    }

    @Test
    void tooLongABody_isToldInWords() throws Exception {
        Wire.Message answer = assertRefused(Refusal.BODY_LENGTH, 413, "GET /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102401\r\n\r\n");
        assertEquals("text/plain; charset=utf-8", answer.field("content-type"));
        assertEquals("length limit exceeded", answer.text());
    }

    @Test
    void moreThanHundredFields_is431() throws Exception {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /x HTTP/1.1\r\nHost: h\r\n" + "X-A: 1\r\n".repeat(100) + "\r\n");
            assertEquals(431, answer.status());
            assertEquals("close", answer.field("connection"));
        }
        assertEquals(1, rig.count(Refusal.HEADER_COUNT));
    }

    @Test
    void targetOver65534Bytes_is414() throws Exception {
        assertRefused(Refusal.TARGET_LENGTH, 414, "GET /" + "a".repeat(65_534) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/caf\u00c3\u00a9", "/x\u0080", "/<a>", "/a`b", "/?\"", "x", "http:/x", "ftp://169.254.169.254/"})
    void target_outsideTheGrammar_is400(String target) throws Exception {
        assertRefused(Refusal.TARGET_BYTES, 400, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void queryPairsThatCollide_is400() throws Exception {
        assertRefused(Refusal.QUERY_COLLISION, 400, "GET /s?ab=c&a=bc HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://168.63.129.16/x", "http://169.254.169.254:8080/x", "http://2852039166/x", "http://u@169.254.169.254/x"})
    void authority_thatIsNotTheDestination_is400(String target) throws Exception {
        assertRefused(Refusal.AUTHORITY, 400, "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void http10WithTransferEncoding_is400() throws Exception {
        assertRefused(Refusal.HTTP10_CHUNKED, 400, "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }

    @Test
    void headRequest_isRefusedWithoutContent() throws Exception {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.send("HEAD /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102401\r\n\r\n").answerToHead();
            assertEquals(413, answer.status());
            assertEquals("21", answer.field("content-length"));
            assertTrue(client.isClosedByAgent());
        }
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void everyRefusal_hasALabelASourceAndWords(Refusal refusal) {
        assertTrue(refusal.label().matches("[a-z][a-z0-9-]+"), refusal.label());
        assertTrue(refusal.source().matches("(proxy|signing|authorization|interception|secure-channel|architecture)\\.md .+|RFC 9112 .+"), refusal.source());
        assertTrue(refusal.description().length() > 5);
        assertTrue(refusal.status() == 0 || refusal.status() >= 400);
    }

    @Test
    void documentation_listsEveryRefusalAsItIs() throws IOException {
        Path repository = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(repository.resolve("cnf"))) {
            repository = repository.getParent();
        }
        StringBuilder rows = new StringBuilder();
        for (Refusal refusal : Refusal.values()) {
            rows.append(String.format("| `%s` | %s | %s | %s |%n", refusal.label(), refusal.status() == 0 ? "–" : refusal.status(), refusal.description(), refusal.source()));
        }
        String page = Files.readString(repository.resolve("docs/refusals.md"));
        assertTrue(page.contains(rows), () -> "docs/refusals.md: expected the rows\n" + rows);
    }

    private Wire.Message assertRefused(Refusal refusal, int status, String request) throws Exception {
        long before = rig.count(refusal);
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(request);
            assertEquals(status, answer.status());
            assertEquals("close", answer.field("connection"));
            assertNull(answer.field("x-ms-azure-host-authorization"));
            assertTrue(client.isClosedByAgent());
            AuditEvent event = rig.audit();
            assertEquals(refusal.label(), event.reason());
            assertEquals(status, event.status());
            assertEquals(EndorsementKind.NONE, event.endorsement());
            assertEquals(before + 1, rig.count(refusal));
            return answer;
        }
    }
}
