package countersign.host.simulator.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import org.junit.jupiter.api.Test;

/** The key life cycle of host-endpoints.md section 2, row by row. */
class KeysTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String TEXT = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";

    private final Keys keys = new Keys(new HostClock(Clock.systemUTC()));

    @Test
    void none_reportsNothing() {
        assertEquals(KeyState.NONE, keys.state());
    }

    @Test
    void none_keyRequest_issuesANewKey() {
        HostKey key = keys.issue();
        assertEquals(new KeyState(null, key, null), keys.state());
        assertEquals(64, key.revealText().length());
        assertEquals(1, key.incarnation());
    }

    @Test
    void issued_keyRequestAgain_returnsTheSameKey() {
        assertSame(keys.issue(), keys.issue());
    }

    @Test
    void issued_attested_isLatchedAndReported() {
        HostKey key = keys.issue();
        assertTrue(keys.attest(key.guid()));
        assertEquals(new KeyState(key, null, key.guid()), keys.state());
    }

    @Test
    void issued_attestationOfUnknownGuid_isRefusedAndChangesNothing() {
        HostKey key = keys.issue();
        assertFalse(keys.attest(GUID));
        assertEquals(new KeyState(null, key, null), keys.state());
    }

    @Test
    void latched_keyRequest_issuesInParallel_andTheOldKeyStaysValid() {
        HostKey old = latch();
        HostKey next = keys.issue();
        assertNotEquals(old.guid(), next.guid());
        assertEquals(new KeyState(old, next, old.guid()), keys.state());
        assertSame(old, keys.state().validKey(old.guid()));
        assertNull(keys.state().validKey(next.guid()));
        assertTrue(keys.attest(next.guid()));
        assertEquals(new KeyState(next, null, next.guid()), keys.state());
        assertNull(keys.state().validKey(old.guid()));
    }

    @Test
    void latched_rotate_reportsAKeyTheAgentLacks_whichTheNextRequestReturns() {
        HostKey old = latch();
        HostKey rotated = keys.rotate();
        assertEquals(new KeyState(old, rotated, rotated.guid()), keys.state());
        assertSame(rotated, keys.issue());
        assertSame(old, keys.state().validKey(old.guid()));
    }

    @Test
    void rotate_duringALatch_replacesTheIssuedKey() {
        HostKey old = latch();
        HostKey halfWay = keys.issue();
        HostKey rotated = keys.rotate();
        assertFalse(keys.attest(halfWay.guid()));
        assertEquals(new KeyState(old, rotated, rotated.guid()), keys.state());
    }

    @Test
    void latched_attestedAgain_changesNothing() {
        HostKey key = latch();
        assertTrue(keys.attest(key.guid()));
        assertEquals(new KeyState(key, null, key.guid()), keys.state());
    }

    @Test
    void forget_returnsToNone() {
        latch();
        keys.forget();
        assertEquals(KeyState.NONE, keys.state());
        assertEquals(1, keys.issue().incarnation());
    }

    @Test
    void install_latchesAGivenKey() {
        keys.install(GUID, TEXT.toLowerCase(java.util.Locale.ROOT));
        assertEquals(TEXT, keys.state().validKey(GUID).revealText());
        assertEquals(GUID, keys.state().reported());
    }

    @Test
    void install_badKeyOrGuid_isRefusedWithoutQuotingTheKey() {
        assertEquals("key text: expected 64 hexadecimal digits",
                assertThrows(IllegalArgumentException.class, () -> keys.install(GUID, "Z7E1")).getMessage());
        assertEquals("guid ../x: expected 8-4-4-4-12 hexadecimal digits",
                assertThrows(IllegalArgumentException.class, () -> keys.install("../x", TEXT)).getMessage());
        assertEquals(KeyState.NONE, keys.state());
    }

    @Test
    void textualForm_namesTheGuidOnly() {
        keys.install(GUID, TEXT);
        assertEquals("KeyState[latched=HostKey[" + GUID + "], issued=null, reported=" + GUID + "]", keys.state().toString());
    }

    private HostKey latch() {
        HostKey key = keys.issue();
        assertTrue(keys.attest(key.guid()));
        return key;
    }
}
