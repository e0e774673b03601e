package countersign.status.aggregate;

import static countersign.status.aggregate.StatusContractTest.event;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.telemetry.AuditEvent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionSummariesTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final Optional<Endpoint> IMDS = Optional.of(Endpoint.IMDS);

    private long now = Long.MAX_VALUE - 5; // the monotonic clock may start anywhere and wrap
    private final ConnectionSummaries summaries = new ConnectionSummaries(() -> now);

    @Test
    void forwardedRequest_countsOnceInTheOrdinaryMap() {
        summaries.count(event(1, IMDS, caller("a"), 200, false));
        assertEquals(List.of(row("a", "200 OK", 1)), summaries.ordinary());
        assertEquals(List.of(), summaries.failed());
    }

    @Test
    void deniedRequest_countsInBothMaps() {
        summaries.count(event(1, IMDS, caller("a"), 403, true));
        assertEquals(List.of(row("a", "403 Forbidden", 1)), summaries.ordinary());
        assertEquals(List.of(row("a", "403 Forbidden", 1)), summaries.failed());
    }

    @Test
    void auditedRequest_countsAsForbiddenAndWithItsRealStatus() {
        summaries.count(event(1, IMDS, caller("a"), 200, true));
        assertEquals(List.of(row("a", "200 OK", 1)), summaries.ordinary());
        assertEquals(List.of(row("a", "403 Forbidden", 1)), summaries.failed());
    }

    @Test
    void destinationWithoutCaller_countsAsFailedOnly() {
        summaries.count(event(1, IMDS, Optional.empty(), 421, false));
        assertEquals(List.of(), summaries.ordinary());
        assertEquals(List.of(new SummaryRow("empty", "169.254.169.254", 80, "empty", "421 Misdirected Request", 1, List.of(), "empty")),
                summaries.failed());
    }

    @Test
    void unattributedRequest_countsInTheOrdinaryMap() {
        summaries.count(event(1, Optional.empty(), Optional.empty(), 421, false));
        assertEquals(List.of(new SummaryRow("empty", "None", 0, "empty", "421 Misdirected Request", 1, List.of(), "empty")), summaries.ordinary());
        assertEquals(List.of(), summaries.failed());
    }

    @Test
    void groups_areThoseOfTheFirstRequest() {
        summaries.count(event(1, IMDS, caller("a"), 200, false));
        summaries.count(event(2, IMDS, Optional.of(new Caller(7, Optional.of("u"), List.of("later"), 1, 1, Optional.of("/x"), Optional.of("a"), false)),
                200, false));
        assertEquals(List.of(row("a", "200 OK", 2)), summaries.ordinary());
    }

    @Test
    void clientsWithDifferentAddresses_countApartAndLookAlike() {
        for (String client : List.of("127.0.0.1", "127.0.0.2", "127.0.0.1")) {
            AuditEvent event = event(1, IMDS, caller("a"), 200, false);
            summaries.count(new AuditEvent(event.time(), 1, 1, event.method(), event.url(), new InetSocketAddress(client, 40000), event.endpoint(),
                    event.caller(), event.status(), event.reason(), false, event.endorsement(), event.explanation(), event.elapsed(), ""));
        }
        assertEquals(List.of(row("a", "200 OK", 2), row("a", "200 OK", 1)), summaries.ordinary());
    }

    @Test
    void manyGroups_areBounded() {
        List<String> groups = IntStream.range(0, 1000).mapToObj(i -> "g" + i).toList();
        summaries.count(event(1, IMDS, Optional.of(new Caller(7, Optional.of("u"), groups, 1, 1, Optional.of("/x"), Optional.of("a"), false)), 200, false));
        assertEquals(groups.subList(0, 64), summaries.ordinary().get(0).userGroups());
    }

    @Test
    void hits_leaveWithTheirBucketAfterFourHours() {
        hit(0, "a");
        hit(14, "a"); // still the first bucket
        hit(15, "a"); // the second
        hit(200, "a");
        now += 39 * MINUTE;
        assertEquals(4, count());
        now += MINUTE; // four hours after the first bucket began
        assertEquals(2, count());
        now += 15 * MINUTE;
        assertEquals(1, count());
        now += 185 * MINUTE;
        assertEquals(List.of(), summaries.ordinary());
    }

    @Test
    void keysBeyondTheLimit_countAsOverflow() {
        int extra = 30;
        for (int i = 0; i < ConnectionSummaries.KEYS + extra; i++) {
            summaries.count(event(i + 1, IMDS, caller("argv" + i), 200, false));
        }
        summaries.count(event(9999, IMDS, caller("argv0"), 200, false));
        List<SummaryRow> rows = summaries.ordinary();
        assertEquals(ConnectionSummaries.KEYS + 1, rows.size());
        assertTrue(rows.contains(new SummaryRow("overflow", "None", 0, "overflow", "0 Overflow", extra, List.of(), "overflow")));
        assertTrue(rows.contains(row("argv0", "200 OK", 2)));
        assertEquals(ConnectionSummaries.KEYS + extra + 1, rows.stream().mapToLong(SummaryRow::count).sum());
    }

    @Test
    void fullMap_takesNewKeysWhenOldOnesHaveExpired() {
        for (int i = 0; i < ConnectionSummaries.KEYS; i++) {
            summaries.count(event(i + 1, IMDS, caller("argv" + i), 200, false));
        }
        now += Duration.ofHours(4).toNanos();
        summaries.count(event(5000, IMDS, caller("fresh"), 200, false));
        assertEquals(List.of(row("fresh", "200 OK", 1)), summaries.ordinary());
    }

    @Test
    void mapThatOverflowed_takesNewKeysWhenOldOnesHaveExpired() {
        for (int i = 0; i <= ConnectionSummaries.KEYS; i++) {
            summaries.count(event(i + 1, IMDS, caller("argv" + i), 200, false));
        }
        now += Duration.ofHours(4).toNanos();
        summaries.count(event(5000, IMDS, caller("fresh"), 200, false));
        assertEquals(List.of(row("fresh", "200 OK", 1)), summaries.ordinary());
    }

    @Test
    void requests_areAsManyAsTheHighestNumber() {
        summaries.count(event(7, IMDS, caller("a"), 200, false));
        summaries.count(event(5, IMDS, caller("a"), 200, false));
        assertEquals(7, summaries.requests());
    }

    private void hit(int minute, String commandLine) {
        now = Long.MAX_VALUE - 5 + minute * MINUTE;
        summaries.count(event(1, IMDS, caller(commandLine), 200, false));
    }

    private long count() {
        return summaries.ordinary().get(0).count();
    }

    private static Optional<Caller> caller(String commandLine) {
        return Optional.of(new Caller(7, Optional.of("u"), List.of("g"), 1, 1, Optional.of("/x"), Optional.of(commandLine), false));
    }

    private static SummaryRow row(String commandLine, String status, long count) {
        return new SummaryRow("u", "169.254.169.254", 80, commandLine, status, count, List.of("g"), "/x");
    }
}
