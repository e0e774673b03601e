package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.keys.ChannelState;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.AuditEvent.EndorsementKind;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's answers on their way back, good ones and bad ones (proxy.md sections 8 and 10). */
@Timeout(180)
class ServiceAnswersTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Rig rig = new Rig();

    ServiceAnswersTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    @Test
    void answer_isPassedOnUnmodifiedButForTheSignOfTheAgent() throws Exception {
        rig.service.answerWith("HTTP/1.1 404 Nothing Here\r\nServer: IIS\r\nDate: Tue, 14 Jan 2025 09:08:07 GMT\r\nx-ms-azure-host-authorization: theirs\r\n"
                + "X-Multi: a\r\nX-Multi: b\r\nContent-Type: TEXT/Html;charset=utf-8\r\nX-Latin: m\u00fcller\r\nContent-Length: 3\r\n\r\n404");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals(
                    List.of(
                            "HTTP/1.1 404 Nothing Here",
                            "Server: IIS",
                            "Date: Tue, 14 Jan 2025 09:08:07 GMT",
                            "X-Multi: a",
                            "X-Multi: b",
                            "Content-Type: TEXT/Html;charset=utf-8",
                            "X-Latin: m\u00fcller",
                            "Content-Length: 3",
                            "x-ms-azure-host-authorization: value"),
                    answer.head());
            assertEquals("404", answer.text());
        }
        AuditEvent event = rig.audit();
        assertEquals(404, event.status());
        assertEquals("", event.reason());
        assertEquals(EndorsementKind.SIGNED, event.endorsement());
        assertFalse(event.failedAuthorization());
        assertEquals(1, rig.count(Counters.Event.FORWARDED_SIGNED));
    }

    @Test
    void missingDate_isAdded() throws IOException {
        try (RawClient client = rig.client()) {
            assertNotNull(client.ask(GET).field("date"));
        }
    }

    @Test
    void chunkedAnswer_isChunkedAgain() throws Exception {
        rig.service.answerWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals("chunked", answer.field("transfer-encoding"));
            assertEquals("abcdefg", answer.text());
            rig.awaitKept();
            assertEquals("abcdefg", client.ask(GET).text());
        }
        assertEquals(1, rig.service.connections());
    }

    @Test
    void openEndedAnswer_isChunkedForHttp11AndEndsTheConnectionForHttp10() throws IOException {
        rig.service.answerAndClose("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals("chunked", answer.field("transfer-encoding"));
            assertEquals("until the end", answer.text());
        }
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertNull(answer.field("transfer-encoding"));
            assertEquals("close", answer.field("connection"));
            assertEquals("until the end", answer.text());
        }
    }

    @Test
    void chunkedAnswerForHttp10_isUnchunked() throws IOException {
        rig.service.answerWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /x HTTP/1.0\r\n\r\n");
            assertNull(answer.field("transfer-encoding"));
            assertEquals("abc", answer.text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\nETag: x\r\n\r\n"})
    void answerWithoutContent_leavesTheConnectionUsable(String response) throws Exception {
        rig.service.answerWith(response);
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertNull(answer.field("transfer-encoding"));
            rig.awaitKept();
            assertEquals(answer.status(), client.ask(GET).status());
        }
        assertEquals(1, rig.service.connections());
    }

    @Test
    void interimAnswers_concernTheOtherLegOnly() throws IOException {
        rig.service.answerWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + RawService.OK);
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(GET).status());
            assertEquals("ok", client.ask(GET).text());
        }
    }

    @Test
    void largeAnswer_arrivesWhole_alsoAtASlowReader() throws Exception {
        byte[] body = new byte[5 << 20];
        new Random(3).nextBytes(body);
        rig.service.script((request, out, socket) -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes());
            out.write(body);
            return true;
        });
        try (RawClient client = rig.client()) {
            client.send(GET);
            rig.audits.poll(200, java.util.concurrent.TimeUnit.MILLISECONDS);
            assertArrayEquals(body, client.answer().body());
            assertArrayEquals(body, client.ask(GET).body());
        }
    }

    @Test
    void closeByTheHost_closesTheClientsConnectionToo() throws IOException {
        rig.service.answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nKeep-Alive: timeout=1\r\n\r\nok");
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals("close", answer.field("connection"));
            assertNull(answer.field("keep-alive"));
            assertTrue(client.isClosedByAgent());
        }
    }

    @Test
    void clientThatWantsItsConnectionClosed_getsThat() throws IOException {
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertEquals("close", answer.field("connection"));
            assertTrue(client.isClosedByAgent());
        }
        assertNull(rig.service.only().field("connection"));
    }

    @Test
    void connectionsToTheHost_areSharedOneRequestAtATime() throws Exception {
        try (RawClient one = rig.client(); RawClient two = rig.client()) {
            for (int i = 0; i < 10; i++) {
                one.ask(GET);
                rig.awaitKept();
                two.ask(GET);
                rig.awaitKept();
            }
        }
        assertEquals(1, rig.service.connections());
        assertEquals(1, rig.count(Counters.Event.SERVICE_CONNECTIONS));
    }

    @Test
    void unusedConnectionToTheHost_isClosedAfterItsTime() throws Exception {
        try (Rig forgetful = new Rig(Rig.brief(Rig.Time.POOL))) {
            for (int expected = 1; expected <= 2; expected++) {
                try (RawClient client = forgetful.client()) {
                    client.ask(GET);
                }
                assertEquals(expected, forgetful.service.connections());
                Rig.await("the host left", () -> forgetful.service.open() == 0);
            }
        }
    }

    @Test
    void keptConnectionThatTheHostClosed_isNotUsed() throws Exception {
        try (RawClient client = rig.client()) {
            client.ask(GET);
            rig.awaitKept();
            rig.service.closeConnections();
            assertEquals(200, client.ask(GET).status());
        }
        assertEquals(2, rig.service.connections());
    }

    @Test
    void keptConnectionThatTheHostClosesInsteadOfAnswering_isReplacedOnceForASafeRequest() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        rig.service.script((request, out, socket) -> {
            if (requests.incrementAndGet() == 2) {
                return false;
            }
            out.write(RawService.OK.getBytes());
            return true;
        });
        try (RawClient client = rig.client()) {
            client.ask(GET);
            rig.awaitKept();
            assertEquals(200, client.ask(GET).status());
        }
        assertEquals(1, rig.count(Counters.Event.SERVICE_RETRIES));
        assertEquals(rig.service.received().get(1).head(), rig.service.received().get(2).head());
    }

    @Test
    void keptConnectionThatTheHostClosesInsteadOfAnswering_failsAnUnsafeRequest() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        rig.service.script((request, out, socket) -> {
            if (requests.incrementAndGet() == 2) {
                return false;
            }
            out.write(RawService.OK.getBytes());
            return true;
        });
        try (RawClient client = rig.client()) {
            client.ask(GET);
            rig.awaitKept();
            assertEquals(503, client.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na").status());
        }
        assertEquals(0, rig.count(Counters.Event.SERVICE_RETRIES));
        assertEquals(2, rig.service.received().size());
    }

    @Test
    void keptConnectionThatTheHostClosesWithinItsAnswer_isNotReplaced_forTheHostHasActed() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        rig.service.script((request, out, socket) -> {
            boolean second = requests.incrementAndGet() == 2;
            out.write((second ? "HTTP/1.1 2" : RawService.OK).getBytes());
            return !second;
        });
        try (RawClient client = rig.client()) {
            client.ask(GET);
            rig.awaitKept();
            assertEquals(503, client.ask(GET).status());
        }
        assertEquals(0, rig.count(Counters.Event.SERVICE_RETRIES));
        assertEquals(2, rig.service.received().size());
    }

    @Test
    void connectionUnusedForLong_isNotRiskedForAnUnsafeRequest() throws Exception {
        try (Rig patient = new Rig(); RawClient client = patient.client()) {
            client.ask(GET);
            patient.awaitKept();
            // Younger than a second it would be used; how much older does not matter.
            Thread.sleep(1_100);
            assertEquals(200, client.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na").status());
            assertEquals(2, patient.service.connections());
        }
    }

    @Test
    void connectionOnWhichMoreCameThanTheAnswer_isClosed_soThatNobodyElseGetsIt() throws Exception {
        rig.service.answerWith(RawService.OK + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
        try (RawClient client = rig.client()) {
            assertEquals("ok", client.ask(GET).text());
            Rig.await("the host left", () -> rig.service.open() == 0);
            assertEquals("ok", client.ask(GET).text());
        }
        assertEquals(2, rig.service.connections());
    }

    @ParameterizedTest
    @CsvSource({
        "SERVICE_FAILED,   503, ''",
        "SERVICE_FAILED,   503, 'HTTP/1.1 200 OK\r\nContent-'",
        "SERVICE_FAILED,   503, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'",
        "SERVICE_FAILED,   503, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'",
        "SERVICE_FAILED,   503, 'SSH-2.0-OpenSSH_9.2\r\n\r\n'",
        "SERVICE_FAILED,   503, 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'",
        "SERVICE_SWITCHES, 502, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'",
    })
    void badAnswer_isNotPassedOn(Refusal refusal, int status, String response) throws Exception {
        rig.service.answerAndClose(response);
        try (RawClient client = rig.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals(status, answer.status());
            assertEquals("close", answer.field("connection"));
            assertTrue(client.isClosedByAgent());
        }
        AuditEvent event = rig.audit();
        assertEquals(refusal.label(), event.reason());
        assertEquals(status, event.status());
        assertEquals(EndorsementKind.SIGNED, event.endorsement());
        assertEquals(1, rig.count(refusal));
    }

    @Test
    void silentHost_is503() throws Exception {
        try (Rig hasty = new Rig(Rig.brief(Rig.Time.ANSWER)); RawClient client = hasty.client()) {
            hasty.service.script((request, out, socket) -> true);
            assertEquals(503, client.ask(GET).status());
            assertEquals("service-silent", hasty.audit().reason());
        }
    }

    @Test
    void unreachableHost_is502() throws Exception {
        try (Nobody nobody = new Nobody(); Rig lonely = new Rig(Rig.PATIENT, nobody.address()); RawClient client = lonely.client()) {
            Wire.Message answer = client.ask(GET);
            assertEquals(502, answer.status());
            assertEquals("close", answer.field("connection"));
            assertEquals("service-unreachable", lonely.audit().reason());
            assertEquals(1, lonely.count(Refusal.SERVICE_UNREACHABLE));
        }
    }

    @Test
    void answerThatBreaksOff_breaksOffForTheClient() throws Exception {
        rig.service.answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        try (RawClient client = rig.client()) {
            client.send(GET);
            assertThrows(EOFException.class, client::answer);
        }
        AuditEvent event = rig.audit();
        assertEquals(200, event.status());
        assertEquals("service-broke-off", event.reason());
        assertEquals(1, rig.count(Refusal.SERVICE_BROKE_OFF));
    }

    @Test
    void chunkedAnswerThatBreaksOff_isNotEndedProperly() throws Exception {
        rig.service.answerAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n");
        try (RawClient client = rig.client()) {
            client.send(GET);
            assertThrows(EOFException.class, client::answer);
        }
        assertEquals("service-broke-off", rig.audit().reason());
    }

    @Test
    void clientThatLeaves_isCountedAndLeavesNothingBehind() throws Exception {
        rig.service.script((request, out, socket) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n".getBytes());
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < 50; i++) {
                out.write(block);
            }
            return true;
        });
        RawClient client = rig.client();
        client.send(GET);
        Rig.await("the request at the host", () -> rig.service.received().size() == 1);
        client.close();
        assertEquals("client-gone", rig.audit().reason());
        Rig.await("the connection closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == 1);
    }

    @Test
    void unsignedRequest_isForwardedWhereTheHostCannotCheck_andCounted() throws Exception {
        rig.channel = new ChannelState(Optional.empty(), true, false, Map.of());
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask("GET /x HTTP/1.1\r\nHost: h\r\nx-ms-azure-host-authorization: forged\r\n\r\n").status());
        }
        assertEquals(List.of(), rig.service.only().fields("x-ms-azure-host-authorization"));
        assertEquals(EndorsementKind.UNSIGNED, rig.audit().endorsement());
        assertEquals(1, rig.count(Counters.Event.FORWARDED_UNSIGNED));
    }

    @Test
    void auditedRequest_isForwardedAndRecordedAsAFailedAuthorization() throws Exception {
        rig.deciding = request -> new Decision.AllowAudited(Rig.explanation(Stage.RULES));
        try (RawClient client = rig.client()) {
            assertEquals(200, client.ask(GET).status());
        }
        AuditEvent event = rig.audit();
        assertTrue(event.failedAuthorization());
        assertEquals(200, event.status());
        assertEquals("", event.reason());
    }
}
