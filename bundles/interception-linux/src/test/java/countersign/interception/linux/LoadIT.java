package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * 20,032 connections of 64 threads in 8 processes of 8 users, blocking and not, IPv4 and mapped: every client compares the answer
 * with itself (interception.md section 8, T3).
 */
@ExtendWith(KernelCondition.class)
class LoadIT {
    private static final int PROCESSES = 8;
    private static final int THREADS = 8;
    private static final int EACH = 313;
    private static final int TOTAL = PROCESSES * THREADS * EACH;

    @Test
    void twentyThousandConnections_allAttributedNoneMissingNothingLeft() throws IOException {
        try (Sandbox sandbox = Sandbox.open()) {
            Path pins = sandbox.pins("load");
            Sandbox.Child agent = sandbox.agent(pins);
            agent.expect("started");

            String totals = sandbox.client(
                    "hammer", number(PROCESSES), number(THREADS), number(EACH), "3000", Sandbox.IMDS, "80",
                    sandbox.nettool.toString());

            Sandbox.await(() -> left(sandbox, pins) == 0);
            System.out.println(TOTAL + " connections: " + totals);
            System.out.println("entries left: flows " + sandbox.entries(pins, "flows") + ", accepted " + sandbox.entries(pins, "accepted"));
            System.out.println("attribution, median with /proc and user database: " + agent.ask("median-us") + " us");
            System.out.println("counters: " + agent.ask("counters"));
            assertTrue(totals.startsWith("right=" + TOTAL + " wrong=0 missing=0 refused=0 failed=0 "), totals);
            assertEquals(number(TOTAL), agent.ask("attributed"));
            assertEquals("0", agent.ask("counter remove-missed"));
        }
    }

    private static int left(Sandbox sandbox, Path pins) {
        try {
            return sandbox.entries(pins, "flows") + sandbox.entries(pins, "accepted");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String number(int value) {
        return Integer.toString(value);
    }
}
