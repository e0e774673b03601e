package countersign.keys.keeper.provision;

import static countersign.provisioning.ProvisionFlag.KEY_LATCH_READY;
import static countersign.provisioning.ProvisionFlag.LISTENER_READY;
import static countersign.provisioning.ProvisionFlag.REDIRECTOR_READY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeskTest {
    private static final Instant START = Instant.parse("2025-01-14T09:08:07.089Z");
    private static final long START_NANOS = START.getEpochSecond() * 1_000_000_000L + START.getNano();
    private static final long SECOND = 1_000_000_000L;

    private final List<String> announced = new ArrayList<>();
    private final Keeper keeper = new Keeper();
    private long nanos;
    private Duration jump = Duration.ZERO;
    private final Desk desk = new Desk(() -> START.plus(jump).plusNanos(nanos), () -> nanos, (when, error) -> announced.add(when + " " + error));

    @Test
    void unfinished_namesEachMissingPartInOrder() {
        desk.notReady(LISTENER_READY, "port 3080 is in use");
        desk.describe(KEY_LATCH_READY, "no answer");
        assertEquals(
                new ProvisionReport(false, "ebpfProgramStatus - Status unknown.\r\nkeyLatchStatus - no answer\r\nproxyListenerStatus - port 3080 is in use\r\n"),
                desk.query("0", false));
    }

    @Test
    void allMarks_finish_inAnyOrder() {
        desk.attach(keeper);
        List.of(LISTENER_READY, REDIRECTOR_READY).forEach(desk::ready);
        assertEquals(List.of(), announced);
        assertEquals(0, keeper.pushes);
        desk.ready(KEY_LATCH_READY);
        assertEquals(List.of(START + " "), announced);
        assertEquals(1, keeper.pushes);
        assertEquals(new ProvisionReport(true, ""), desk.query(Long.toString(START_NANOS), false));
    }

    @Test
    void laterMark_movesTheFinishForward() {
        finish();
        nanos = 7;
        assertFalse(desk.query(Long.toString(START_NANOS + 7), false).finished());
        desk.ready(KEY_LATCH_READY);
        assertTrue(desk.query(Long.toString(START_NANOS + 7), false).finished());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "absent", value = {
        "absent", "''", "0", "-1", "-99999999999999999999", "abc", "1e9", "0x10", "' 5'", "\u0664", "170141183460469231731687303715884105728",
        "999999999999999999999999999999999999999999999"
    })
    void tickThatIsNoTime_countsAsZero_andNeedsACompletion(String tick) {
        assertFalse(desk.query(tick, false).finished());
        finish();
        assertTrue(desk.query(tick, false).finished());
    }

    @Test
    void laterTick_needsANewerCompletion_unlessTheChannelIsOn() {
        desk.attach(keeper);
        finish();
        String later = Long.toString(START_NANOS + 1);
        assertFalse(desk.query(later, false).finished());
        assertFalse(desk.query("170141183460469231731687303715884105727", false).finished());
        keeper.on = true;
        assertTrue(desk.query(later, false).finished());
    }

    @Test
    void channelOn_withoutACompletion_isNotFinished() {
        desk.attach(keeper);
        keeper.on = true;
        assertFalse(desk.query("0", false).finished());
    }

    @Test
    void notify_wakesOnlyWhenNotFinished() {
        desk.attach(keeper);
        desk.query("0", false);
        assertEquals(0, keeper.wakes);
        desk.query("0", true);
        assertEquals(1, keeper.wakes);
        finish();
        desk.query("0", true);
        assertEquals(1, keeper.wakes);
        desk.detach(keeper);
        desk.query(Long.toString(Long.MAX_VALUE), true);
        assertEquals(1, keeper.wakes);
    }

    @Test
    void deadline_finishesWithTheError_once() {
        nanos = 120 * SECOND - 1;
        desk.tick();
        assertEquals(List.of(), announced);
        nanos++;
        desk.tick();
        desk.tick();
        assertEquals(List.of("2025-01-14T09:10:07.089Z " + desk.query("0", false).errorMessage()), announced);
        assertTrue(desk.query("0", false).finished());
        assertFalse(desk.query("0", false).errorMessage().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"PT7H", "PT-7H"})
    void jumpOfTheSystemClock_doesNotMoveTheDeadline(Duration hours) {
        jump = hours;
        nanos = 120 * SECOND - 1;
        desk.tick();
        assertEquals(List.of(), announced);
        nanos++;
        desk.tick();
        assertEquals(1, announced.size());
    }

    @Test
    void deadline_doesNothingAfterACompletion() {
        finish();
        nanos = 500 * SECOND;
        desk.tick();
        assertEquals(1, announced.size());
    }

    @Test
    void completionAfterTheDeadline_overwritesTheError() {
        nanos = 120 * SECOND;
        desk.tick();
        finish();
        assertEquals(2, announced.size());
        assertEquals("2025-01-14T09:10:07.089Z ", announced.get(1));
        assertEquals(new ProvisionReport(true, ""), desk.query("0", false));
    }

    @Test
    void reset_takesTheCompletionBack_andStartsTheDeadlineAgain() {
        finish();
        nanos = 60 * SECOND;
        desk.reset();
        assertEquals(new ProvisionReport(false, "keyLatchStatus - Status unknown.\r\n"), desk.query("0", false));
        nanos = 179 * SECOND;
        desk.tick();
        assertEquals(1, announced.size());
        nanos = 180 * SECOND;
        desk.tick();
        assertEquals(2, announced.size());
    }

    @Test
    void reset_ofNothing_doesNotPutTheDeadlineOff() {
        nanos = 119 * SECOND;
        desk.reset();
        nanos = 120 * SECOND;
        desk.tick();
        assertEquals(1, announced.size());
    }

    @Test
    void lostPart_isNamedAgain() {
        finish();
        desk.notReady(REDIRECTOR_READY, "detached");
        assertEquals(new ProvisionReport(true, "ebpfProgramStatus - detached\r\n"), desk.query("0", false));
    }

    private void finish() {
        for (ProvisionFlag flag : ProvisionFlag.values()) {
            desk.ready(flag);
        }
    }

    private static final class Keeper implements KeeperLink {
        private boolean on;
        private int wakes;
        private int pushes;

        @Override
        public boolean channelOn() {
            return on;
        }

        @Override
        public void wake() {
            wakes++;
        }

        @Override
        public void pushRedirection() {
            pushes++;
        }
    }
}
