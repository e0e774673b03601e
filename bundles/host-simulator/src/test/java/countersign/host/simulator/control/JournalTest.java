package countersign.host.simulator.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.host.simulator.channel.Mode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.verify.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JournalTest {
    @Test
    void ring_keepsTheLastEntries_andCountsTheDropped() throws Exception {
        Journal journal = new Journal(2, null);
        add(journal, "/1", "/2", "/3");
        Journal.Page page = journal.query(0, 10, 0, e -> true);
        assertEquals(List.of("/2", "/3"), targets(page));
        assertEquals(List.of(2L, 3L), page.entries().stream().map(JournalEntry::seq).toList());
        assertEquals(1, page.dropped());
        assertEquals(3, page.last());
    }

    @Test
    void limitedQuery_goesOnWhereItEnded() throws Exception {
        Journal journal = new Journal(10, null);
        add(journal, "/1", "/2", "/3");
        Journal.Page first = journal.query(0, 2, 0, e -> true);
        assertEquals(2, first.last());
        assertEquals(List.of("/3"), targets(journal.query(first.last(), 2, 0, e -> true)));
    }

    @Test
    void waitingQuery_returnsWithTheFirstMatch() throws Exception {
        Journal journal = new Journal(10, null);
        CompletableFuture<Journal.Page> page = CompletableFuture.supplyAsync(() -> {
            try {
                return journal.query(0, 10, 60_000, e -> e.request().target().equals("/b"));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        add(journal, "/a");
        assertFalse(page.isDone());
        add(journal, "/b");
        assertEquals(List.of("/b"), targets(page.get(60, TimeUnit.SECONDS)));
    }

    @Test
    void switchedOff_stillCounts() throws Exception {
        Journal journal = new Journal(0, null);
        add(journal, "/1", "/2");
        assertTrue(journal.query(0, 10, 0, e -> true).entries().isEmpty());
        assertEquals(Map.of(Service.IMDS, Map.of("verified", 2L)), journal.counts());
    }

    @Test
    void ring_isBoundedByMemoryToo() throws Exception {
        Journal journal = new Journal(Integer.MAX_VALUE, null);
        String large = "/" + "x".repeat(65_000);
        for (int i = 0; i < 1_100; i++) {
            add(journal, large);
        }
        Journal.Page page = journal.query(0, 2_000, 0, e -> true);
        assertEquals(1_100, page.entries().size() + page.dropped());
        assertTrue(page.entries().size() <= (64 << 20) / 65_000, "kept " + page.entries().size());
    }

    @Test
    void lines_showNoHeaderValues() {
        List<String> lines = new ArrayList<>();
        new Journal(1, lines::add).add(entry("/a"));
        assertEquals(List.of("2026-01-02T03:04:05Z imds GET /a serve verified isRoot=null status=200"), lines);
    }

    private static void add(Journal journal, String... targets) {
        for (String target : targets) {
            journal.add(entry(target));
        }
    }

    private static JournalEntry entry(String target) {
        Request request = new Request("GET", target, false, List.of(new Header("x-secret", "s")), Body.EMPTY);
        return new JournalEntry(0, Instant.parse("2026-01-02T03:04:05Z"), Service.IMDS, 1, "127.0.0.1:1", request, Mode.ENFORCE, 9,
                "serve", "verified", Reason.VERIFIED, 200, 0);
    }

    private static List<String> targets(Journal.Page page) {
        return page.entries().stream().map(e -> e.request().target()).toList();
    }
}
