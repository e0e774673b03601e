package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.AttributionOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a connection when somebody takes as many as he can. */
@Timeout(30)
class FairnessTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String PROVISION = "GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n";

    /** 32 places and four seats for strangers, without time limits that a test could meet. */
    private static final Limits SMALL = new Limits(
            Limits.STANDARD.headTime(), Limits.STANDARD.bodyPause(), Limits.STANDARD.idleTime(), Limits.STANDARD.connectTime(),
            Limits.STANDARD.answerPause(), Limits.STANDARD.serviceAbsence(), Limits.STANDARD.lingerTime(), Limits.STANDARD.poolTime(),
            32, Limits.STANDARD.headBytes(), Limits.STANDARD.memory());

    private final Rig rig = new Rig(SMALL);
    private final List<RawClient> open = new ArrayList<>();

    FairnessTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        for (RawClient client : open) {
            client.close();
        }
        rig.close();
    }

    @Test
    void places_areFreeToAnybodyUpToHalf_thenAShareEach() {
        Places places = new Places(32, () -> 3);
        for (int i = 0; i < 16; i++) {
            assertNull(places.take(1000));
        }
        assertEquals(Refusal.USER_CONNECTIONS, places.take(1000));
        for (int i = 0; i < 3; i++) {
            assertNull(places.take(1001));
        }
        assertEquals(Refusal.USER_CONNECTIONS, places.take(1001));
        assertNull(places.take(1002));
        places.giveBack(1002);
        for (int i = 0; i < 3; i++) {
            places.giveBack(1001);
        }
        assertEquals(Refusal.USER_CONNECTIONS, places.take(1000), "what a refusal took is given back");
        places.giveBack(1000);
        assertNull(places.take(1000));
    }

    @Test
    void lastSixteenth_isRootsAlone() {
        Places places = new Places(32, () -> 2);
        for (int uid = 1; uid <= 30; uid++) {
            assertNull(places.take(uid));
        }
        assertEquals(Refusal.CONNECTIONS, places.take(31));
        assertNull(places.take(0));
        assertNull(places.take(0));
        assertEquals(Refusal.CONNECTIONS, places.take(0));
    }

    @Test
    void userWhoTakesAllHeCan_stopsNoOther() throws Exception {
        rig.settings = new Settings(2, false);
        takeHalf();
        for (int i = 0; i < 20; i++) {
            // Refused, and left open: these wait for as long as the agent lets them.
            Wire.Message refused = connect(1000).answer();
            assertEquals(503, refused.status());
            assertEquals("close", refused.field("connection"));
        }
        assertEquals(20, rig.count(Refusal.USER_CONNECTIONS));
        assertEquals(200, connect(1001).ask(GET).status());
        assertEquals(200, connect(1001).ask(GET).status());
        for (int i = 18; i < 32; i++) {
            assertEquals(200, connect(0).ask(GET).status());
        }
        assertEquals(503, connect(0).answer().status());
        assertEquals(1, rig.count(Refusal.CONNECTIONS));
    }

    @Test
    void changedShare_countsFromTheNextConnectionOn() throws Exception {
        rig.settings = new Settings(0, false);
        takeHalf();
        assertEquals(503, connect(1001).answer().status());
        rig.settings = new Settings(1, false);
        assertEquals(200, connect(1001).ask(GET).status());
    }

    @Test
    void closedConnections_giveTheirPlacesBack() throws Exception {
        rig.settings = new Settings(0, false);
        for (int round = 1; round <= 5; round++) {
            takeHalf();
            for (RawClient client : open) {
                client.close();
            }
            open.clear();
            int closed = round * 16;
            Rig.await("all closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == closed);
        }
    }

    @Test
    void strangers_makeWayForTheNewestAndTakeNobodysPlace() throws Exception {
        rig.attributing = client -> new AttributionOutcome.Unattributed(AttributionOutcome.Reason.NO_RECORD);
        for (int i = 0; i < 20; i++) {
            assertEquals(200, stranger().ask(PROVISION).status());
        }
        Rig.await("sixteen of twenty closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == 16);
        assertEquals(16, rig.count(Refusal.DISPLACED));
        assertTrue(open.get(0).isClosedByAgent());
        assertEquals(200, open.get(19).ask(PROVISION).status());
        rig.attributing = client -> new AttributionOutcome.Attributed(rig.endpoint, rig.caller);
        takeHalf();
    }

    @Test
    void strangersWhoLeave_areNotDisplaced() throws Exception {
        rig.attributing = client -> new AttributionOutcome.Unattributed(AttributionOutcome.Reason.NO_RECORD);
        for (int i = 1; i <= 12; i++) {
            try (RawClient client = stranger()) {
                assertEquals(200, client.ask(PROVISION).status());
            }
            int closed = i;
            Rig.await("closed", () -> rig.count(Counters.Event.CONNECTIONS_CLOSED) == closed);
        }
        assertEquals(0, rig.count(Refusal.DISPLACED));
    }

    private void takeHalf() throws Exception {
        for (int i = 0; i < 16; i++) {
            assertEquals(200, connect(1000).ask(GET).status());
        }
    }

    private RawClient connect(long uid) throws Exception {
        rig.caller = Rig.caller(uid, uid == 0);
        return stranger();
    }

    private RawClient stranger() throws Exception {
        int before = rig.attributions.get();
        RawClient client = rig.client();
        open.add(client);
        Rig.await("attribution", () -> rig.attributions.get() > before);
        return client;
    }
}
