package countersign.itests.lab.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadPlanTest {
    @Test
    void plan_survivesItsTextualForm() throws IOException {
        LoadPlan plan = new LoadPlan("169.254.169.254", 80, true, 16, 500, 3000, List.of(new LoadPlan.Shot(403, new byte[] {1, 2})));
        LoadPlan copy = LoadPlan.decode(plan.encode());
        assertEquals("169.254.169.254 80 true 16 500 3000", copy.address() + " " + copy.port() + " " + copy.keepAlive() + " " + copy.clients()
                + " " + copy.warmUpMillis() + " " + copy.millis());
        assertEquals(403, copy.shots().get(0).status());
        assertArrayEquals(new byte[] {1, 2}, copy.shots().get(0).request());
    }

    @Test
    void result_survivesItsTextualForm() {
        Histogram latencies = LoadRun.newHistogram();
        latencies.recordValue(1_000_000);
        latencies.recordValue(3_000_000);
        LoadResult copy = LoadResult.decode(new LoadResult(latencies, 5, 1, 2, 3, 1_000_000_000, "why not").encode().split(" "));
        assertEquals("5 1 2 3 why not", copy.requests() + " " + copy.failed() + " " + copy.misjudged() + " " + copy.ok() + " " + copy.firstFault());
        assertEquals(2.0, copy.rate());
        assertEquals(3.0, copy.millis(100), 0.01);
    }

    @Test
    void resultsOfTwoRuns_addUp() {
        Histogram latencies = LoadRun.newHistogram();
        latencies.recordValue(1_000_000);
        LoadResult one = new LoadResult(latencies, 1, 0, 0, 1, 1_000_000_000, "");
        LoadResult both = one.plus(new LoadResult(latencies, 3, 1, 1, 1, 1_000_000_000, "late"));
        assertEquals("4 1 1 2 late", both.requests() + " " + both.failed() + " " + both.misjudged() + " " + both.ok() + " " + both.firstFault());
        assertEquals(1.0, both.rate());
    }
}
