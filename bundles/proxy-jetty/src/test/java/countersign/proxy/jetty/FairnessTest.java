package countersign.proxy.jetty;

import static countersign.proxy.jetty.Shares.Outcome.NONE_LEFT;
import static countersign.proxy.jetty.Shares.Outcome.SHARE_EXCEEDED;
import static countersign.proxy.jetty.Shares.Outcome.TAKEN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.AttributionOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a connection when somebody takes as many as he can. */
@Timeout(180)
class FairnessTest {
    private static final String GET = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String PROVISION = "GET /provision HTTP/1.1\r\nHost: h\r\nMetadata: 1\r\n\r\n";

    /** 32 places, four seats for strangers and room for few bodies, without time limits that a test could meet. */
    private static final Limits SMALL = new Limits(
            Rig.PATIENT.headTime(), Rig.PATIENT.bodyPause(), Rig.PATIENT.idleTime(), Rig.PATIENT.connectTime(),
            Rig.PATIENT.answerPause(), Rig.PATIENT.serviceAbsence(), Rig.PATIENT.lingerTime(), Rig.PATIENT.poolTime(),
            32, Rig.PATIENT.headBytes(), 512 << 10);

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
    void upToHalf_isAnybodys_thenAShareEach() {
        Shares shares = new Shares(32, () -> 3);
        assertEquals(TAKEN, shares.take(1000, 10));
        assertEquals(TAKEN, shares.take(1000, 6));
        assertEquals(SHARE_EXCEEDED, shares.take(1000, 1));
        assertEquals(SHARE_EXCEEDED, shares.take(1001, 4));
        assertEquals(TAKEN, shares.take(1001, 3));
        assertEquals(SHARE_EXCEEDED, shares.take(Shares.NOBODY, 4));
        assertEquals(TAKEN, shares.take(1002, 1));
        assertEquals(20, shares.taken());
        shares.giveBack(1002, 1);
        shares.giveBack(1001, 3);
        assertEquals(SHARE_EXCEEDED, shares.take(1000, 1), "what a refusal took is given back");
        shares.giveBack(1000, 1);
        assertEquals(TAKEN, shares.take(1000, 1));
        shares.giveBack(1000, 16);
        assertEquals(0, shares.taken());
        assertEquals(TAKEN, shares.take(1000, 16), "nothing of what was held is left");
    }

    @Test
    void lastSixteenth_isRootsAlone() {
        Shares shares = new Shares(32, () -> 2);
        for (int uid = 1; uid <= 30; uid++) {
            assertEquals(TAKEN, shares.take(uid, 1));
        }
        assertEquals(NONE_LEFT, shares.take(31, 1));
        assertEquals(TAKEN, shares.take(0, 2));
        assertEquals(NONE_LEFT, shares.take(0, 1));
    }

    @Test
    void userWhoTakesAllTheMemoryHeCan_stopsNoOthersBody() throws Exception {
        String head = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 102400\r\n\r\n";
        for (int i = 1; i <= 4; i++) {
            int bodies = i;
            connect(1000).send(head).send(new byte[60_000]);
            Rig.await("a body that is held", () -> rig.listener().memoryUsed() >= bodies * 60_000);
        }
        for (int i = 0; i < 2; i++) {
            assertEquals(503, connect(1000).send(head).send(new byte[60_000]).answer().status());
        }
        assertEquals(2, rig.count(Refusal.BODY_MEMORY));
        RawClient other = connect(1001).send(head.replace("102400", "30000")).send(new byte[30_000]);
        assertEquals(200, other.answer().status());
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
