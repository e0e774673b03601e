package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final FakeHost host = new FakeHost();
    private final FakePauses pauses = new FakePauses(Duration.ofDays(1));
    private final Outbox outbox = new Outbox(new Courier(host, pauses, Duration.ofSeconds(15)));

    /** host-endpoints.md H4. */
    @Test
    void eventAtTheBoundary_isTheFirstOfTheNextBatch() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            names.add("task" + i);
            outbox.offer(Events.generic("task" + i, "x".repeat(3000)));
        }
        assertTrue(send());
        assertEquals(names, host.taskNames().stream().flatMap(List::stream).toList(), "every event once, in order");
        assertTrue(host.requests.size() > 4, host.requests.size() + " documents");
        for (int i = 0; i < host.requests.size() - 1; i++) {
            int size = host.requests.get(i).body().length;
            int next = new EventXml(Events.VM, Events.MACHINE).of(Events.generic("task99", "x".repeat(3000))).length();
            assertTrue(size < 65_536 && size + next >= 65_536, "document " + i + " has " + size + " bytes");
        }
        assertTrue(outbox.isEmpty());
    }

    @Test
    void oversizeEvents_areDropped_theirNeighboursAreSent() {
        String oversize = "x".repeat(70_000);
        for (String name : List.of("large1", "a", "large2", "large3", "b", "large4")) {
            outbox.offer(Events.generic(name, name.startsWith("large") ? oversize : "x"));
        }
        assertTrue(send());
        assertEquals(List.of(List.of("a"), List.of("b")), host.taskNames());
        assertTrue(outbox.isEmpty());
    }

    @Test
    void nothingButOversizeEvents_isNothingToSend() {
        outbox.offer(Events.generic("large", "x".repeat(70_000)));
        assertFalse(send());
        assertEquals(List.of(), host.requests);
        assertTrue(outbox.isEmpty());
    }

    @Test
    void batchThatIsLost_doesNotStopTheNext() {
        host.status = number -> number <= 5 ? 500 : 200;
        for (int i = 0; i < 30; i++) {
            outbox.offer(Events.generic("task" + i, "x".repeat(4000)));
        }
        assertTrue(send());
        assertEquals(host.taskNames().get(0).size(), Integer.parseInt(host.taskNames().get(5).get(0).substring(4)), "goes on after the lost ones");
        assertTrue(outbox.isEmpty());
    }

    @Test
    void stopWithinABatch_losesNothing() {
        host.status = number -> 500;
        pauses.stopped = () -> host.requests.size() == 2;
        outbox.offer(Events.generic("a"));
        outbox.offer(Events.status(true));
        outbox.offer(Events.generic("b"));
        assertFalse(send());
        assertEquals(List.of("a", "loop_status", "b"), outbox.clear().stream().map(HostEvent::taskName).toList());
        assertTrue(outbox.isEmpty());
    }

    @Test
    void capacity_isABound() {
        for (int i = 0; i < Outbox.CAPACITY; i++) {
            assertTrue(outbox.offer(Events.generic("x")));
        }
        assertFalse(outbox.offer(Events.generic("x")));
        assertEquals(0, outbox.room());
    }

    private boolean send() {
        return outbox.send(Events.VM, Events.MACHINE);
    }
}
