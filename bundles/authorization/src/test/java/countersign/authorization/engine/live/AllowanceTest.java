package countersign.authorization.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final long MILLI = 1_000_000;

    private long now = 7;
    private final Allowance allowance = new Allowance(() -> now);

    private Optional<String> work(long millis) {
        return allowance.spend(() -> {
            now += millis * MILLI;
            return "done";
        });
    }

    @Test
    void burst_isSpentAtOnce_andThenNothing() {
        assertEquals(Optional.of("done"), work(100));
        assertEquals(Optional.of("done"), work(149));
        assertEquals(Optional.of("done"), work(1));
        assertEquals(Optional.empty(), work(1));
    }

    @Test
    void inTheLongRun_aTwentiethOfIdleTimeIsSpent() {
        work(250);
        now += 19 * MILLI;
        assertEquals(Optional.of("done"), work(2), "19 ms later there is a little left");
        now += 20 * MILLI;
        assertEquals(Optional.empty(), work(1), "what was overdrawn comes first");
        now += 2 * MILLI;
        assertEquals(Optional.of("done"), work(1));
        long spent = 0;
        for (long begun = now; now - begun < 1000 * 1000 * MILLI; now += MILLI) {
            spent += work(10).isPresent() ? 10 : 0;
        }
        // The work's own time earns nothing.
        assertEquals(1000 * 1000 / 21, spent, 20);
    }

    @Test
    void idleTime_isNotSavedBeyondTheBurst() {
        now += 1000 * 1000 * MILLI;
        work(250);
        assertEquals(Optional.empty(), work(1));
    }
}
