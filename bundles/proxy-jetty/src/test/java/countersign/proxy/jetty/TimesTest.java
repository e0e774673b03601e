package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are slow, silent or many (proxy.md P5). */
@Timeout(180)
class TimesTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

    @Test
    void slowHead_isCutHoweverItTrickles() throws Exception {
        try (Rig rig = new Rig(Rig.brief(Rig.Time.HEAD)); RawClient client = rig.client()) {
            long start = System.nanoTime();
            try {
                client.send("GET /x HTTP/1.1\r\nX-Slow: ");
                while (rig.count(Refusal.HEAD_STALLED) == 0) {
                    client.send("x");
                    Thread.sleep(20);
                }
                assertTrue(client.isClosedByAgent());
            } catch (IOException e) {
                // Closed while a byte was on its way: the same.
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(millis >= 290, "cut after " + millis + " ms");
            assertEquals(1, rig.count(Refusal.HEAD_STALLED));
            Rig.await("closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == 1);
        }
    }

    @Test
    void silentConnection_isClosedAfterItsTime() throws Exception {
        try (Rig rig = new Rig(Rig.brief(Rig.Time.IDLE))) {
            try (RawClient client = rig.client()) {
                assertTrue(client.isClosedByAgent());
            }
            askInTime(rig, client -> {
                assertEquals(200, client.answer().status());
                assertTrue(client.isClosedByAgent());
            });
        }
    }

    @Test
    void timeOfTheHost_isNotTheClientsTime() throws Exception {
        try (Rig rig = new Rig(Rig.brief(Rig.Time.HEAD, Rig.Time.BODY, Rig.Time.IDLE))) {
            rig.service.script((request, out, socket) -> {
                sleep();
                out.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok".getBytes());
                sleep();
                out.write("ay".getBytes());
                return true;
            });
            askInTime(rig, client -> assertEquals("okay", client.answer().text()));
        }
    }

    @Test
    void tooManyConnections_are503_andOthersGoOn() throws Exception {
        try (Rig rig = new Rig(Rig.SMALL)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < Rig.SMALL.connections(); i++) {
                RawClient client = rig.client();
                clients.add(client);
                assertEquals(200, client.ask("GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n").status());
            }
            try (RawClient more = rig.client()) {
                Wire.Message answer = more.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").answer();
                assertEquals(503, answer.status());
                assertEquals("close", answer.field("connection"));
            }
            assertEquals(1, rig.count(Refusal.CONNECTIONS));
            assertEquals(200, clients.get(0).ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").status());
            for (RawClient client : clients) {
                client.close();
            }
            Rig.await("all closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == clients.size() + 1);
            try (RawClient again = rig.client()) {
                assertEquals(200, again.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").status());
            }
        }
    }

    /** What is checked of a client that has sent its request. */
    private interface Check {
        void of(RawClient client) throws IOException;
    }

    /** Sends a request on a connection of its own; anew when this thread did not get as far before the agent's time for that was up. */
    private static void askInTime(Rig rig, Check check) throws IOException {
        while (true) {
            try (RawClient client = rig.client()) {
                client.send(GET);
                check.of(client);
                return;
            } catch (IOException e) {
                if (!rig.service.received().isEmpty()) {
                    throw e;
                }
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(400);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
