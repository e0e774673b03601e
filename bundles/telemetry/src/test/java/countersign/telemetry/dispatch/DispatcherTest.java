package countersign.telemetry.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.TelemetryExporter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class DispatcherTest {
    private static final Duration DRAIN = Duration.ofSeconds(30);

    private final List<TelemetryExporter> added = new ArrayList<>();
    private Dispatcher dispatcher = new Dispatcher(64, DRAIN);

    @AfterEach
    void removeExporters() {
        added.forEach(dispatcher::remove);
    }

    /** Keeps the names of what it gets. */
    private static final class Recorder implements TelemetryExporter {
        private final List<String> names = new ArrayList<>();

        @Override
        public synchronized void export(AgentEvent event) {
            names.add(((NoticeEvent) event).name());
        }

        synchronized List<String> names() {
            return List.copyOf(names);
        }

        synchronized int count() {
            return names.size();
        }
    }

    /** Stays in its first call until released. */
    private static final class Stuck implements TelemetryExporter {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private final AtomicInteger count = new AtomicInteger();
        private volatile boolean interrupted;

        @Override
        public void export(AgentEvent event) {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                interrupted = true;
                throw new IllegalStateException(e);
            }
            count.incrementAndGet();
        }
    }

    @Test
    void events_reachEveryExporterInOrder() {
        Recorder one = add("one", new Recorder());
        Recorder two = add("two", new Recorder());
        IntStream.range(0, 50).forEach(i -> dispatcher.publish(event("e" + i)));
        List<String> expected = IntStream.range(0, 50).mapToObj(i -> "e" + i).toList();
        await(() -> one.count() == 50 && two.count() == 50);
        assertEquals(expected, one.names());
        assertEquals(expected, two.names());
    }

    @Test
    void noExporter_publishIsHarmless() {
        dispatcher.publish(event("e"));
        assertEquals(List.of(), dispatcher.counters());
    }

    @Test
    void slowExporter_losesItsNewestEventsAndHarmsNobody() throws Exception {
        Stuck slow = add("slow", new Stuck());
        Recorder healthy = add("healthy", new Recorder());
        dispatcher.publish(event("e0"));
        slow.entered.await();
        for (int i = 1; i < 500; i++) {
            int sent = i;
            await(() -> healthy.count() >= sent - 32); // stays within the healthy one's queue
            dispatcher.publish(event("e" + i));
        }
        await(() -> healthy.count() == 500);
        assertEquals(new ExporterCounters("slow", 0, 0, 500 - 1 - 64, 64), counters("slow"));
        assertEquals(0, counters("healthy").dropped());
        slow.release.countDown();
        await(() -> slow.count.get() == 65);
        assertEquals(IntStream.range(0, 500).mapToObj(i -> "e" + i).toList(), healthy.names());
    }

    /** Callers choose the length of their targets. */
    @Test
    void longEvents_areDroppedForWhatTheyHold_andShortOnesStillFit() throws Exception {
        dispatcher = new Dispatcher(4096, DRAIN);
        Stuck slow = add("slow", new Stuck());
        dispatcher.publish(event("e"));
        slow.entered.await();
        AuditEvent heavy = request("/" + "x".repeat(65_000));
        int fitting = (int) (ExporterLane.BUDGET / (3 * 65_000));
        for (int i = 0; i < 4000; i++) {
            dispatcher.publish(heavy);
        }
        assertEquals(new ExporterCounters("slow", 0, 0, 4000 - fitting, fitting), counters("slow"));
        dispatcher.publish(event("short"));
        assertEquals(fitting + 1, counters("slow").queued());
        slow.release.countDown();
        await(() -> slow.count.get() == fitting + 2);
        dispatcher.publish(heavy);
        await(() -> slow.count.get() == fitting + 3);
    }

    private static AuditEvent request(String target) {
        return new AuditEvent(Instant.EPOCH, 1, 1, "GET", target, new InetSocketAddress("127.0.0.1", 1), Optional.empty(), Optional.empty(), 421, "", false,
                AuditEvent.EndorsementKind.NONE, Optional.empty(), Duration.ZERO, "");
    }

    @Test
    void throwingExporter_isCountedAndGoesOnGettingEvents() {
        AtomicInteger calls = new AtomicInteger();
        add("throwing", event -> {
            switch (calls.getAndIncrement() % 3) {
                case 0 -> throw new IllegalStateException("no");
                case 1 -> throw new NoClassDefFoundError("gone/Away");
                default -> { }
            }
        });
        Recorder healthy = add("healthy", new Recorder());
        IntStream.range(0, 30).forEach(i -> dispatcher.publish(event("e" + i)));
        await(() -> calls.get() == 30 && healthy.count() == 30 && counters("throwing").exported() == 10);
        assertEquals(new ExporterCounters("throwing", 10, 20, 0, 0), counters("throwing"));
        await(() -> counters("healthy").exported() == 30);
        assertEquals(new ExporterCounters("healthy", 30, 0, 0, 0), counters("healthy"));
    }

    @Test
    void manyPublishers_loseNothingForTheHealthyExporter() throws Exception {
        int publishers = 8;
        int each = 5_000;
        dispatcher = new Dispatcher(4096, DRAIN);
        Stuck stuck = add("stuck", new Stuck());
        Recorder healthy = add("healthy", new Recorder());
        add("throwing", event -> {
            throw new IllegalArgumentException("never");
        });
        AtomicInteger sent = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < publishers; p++) {
            int id = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    int mine = sent.incrementAndGet();
                    await(() -> mine - healthy.count() < 2048);
                    dispatcher.publish(event(id + "-" + i));
                    // Its first event has left the queue: from then on it is known how many find no room.
                    await(() -> stuck.entered.getCount() == 0);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        await(() -> counters("healthy").exported() == publishers * each);
        assertEquals(new ExporterCounters("healthy", publishers * each, 0, 0, 0), counters("healthy"));
        int[] next = new int[publishers];
        for (String name : healthy.names()) {
            String[] parts = name.split("-");
            int id = Integer.parseInt(parts[0]);
            assertEquals(next[id]++, Integer.parseInt(parts[1]), "order of publisher " + id);
        }
        assertTrue(Arrays.stream(next).allMatch(n -> n == each));
        assertEquals(publishers * each - 1 - 4096L, counters("stuck").dropped());
        stuck.release.countDown();
    }

    @Test
    void removedExporter_getsWhatIsQueuedBeforeRemoveReturns() throws Exception {
        Stuck exporter = add("leaving", new Stuck());
        dispatcher.publish(event("first"));
        exporter.entered.await();
        IntStream.range(0, 20).forEach(i -> dispatcher.publish(event("e" + i)));
        new Thread(exporter.release::countDown).start();
        dispatcher.remove(exporter);
        assertEquals(21, exporter.count.get());
        dispatcher.publish(event("late"));
        assertEquals(21, exporter.count.get());
        assertEquals(List.of(), dispatcher.counters());
    }

    @Test
    void exporterRemovedWhileFullAndStuck_isLetGoAfterTheDrainTime() throws Exception {
        Stuck stuck = new Stuck();
        ExporterLane lane = new ExporterLane("stuck", stuck, 64);
        lane.start();
        lane.offer(event("first"));
        stuck.entered.await();
        IntStream.range(0, 70).forEach(i -> lane.offer(event("e" + i)));
        assertEquals(new ExporterCounters("stuck", 0, 0, 6, 64), lane.counters());
        lane.close(Duration.ofMillis(100));
        await(lane::ended);
        assertTrue(stuck.interrupted);
        assertEquals(new ExporterCounters("stuck", 0, 1, 70, 0), lane.counters());
    }

    @Test
    void exporterAddedUnderLoad_getsEverythingFromThenOn() throws Exception {
        // Room for all: nothing holds the load up for a guest, who could otherwise lose events to a queue that is full.
        dispatcher = new Dispatcher(20_000, DRAIN);
        Recorder first = add("first", new Recorder());
        Thread load = new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
                int sent = i;
                await(() -> first.count() >= sent - 16);
                dispatcher.publish(event("" + i));
            }
        });
        load.start();
        List<Recorder> guests = new ArrayList<>();
        while (load.isAlive()) {
            Recorder guest = new Recorder();
            dispatcher.add("guest", guest);
            dispatcher.remove(guest);
            guests.add(guest);
        }
        load.join();
        await(() -> first.count() == 20_000);
        for (Recorder guest : guests) {
            List<String> names = guest.names();
            for (int i = 1; i < names.size(); i++) {
                assertEquals(Integer.parseInt(names.get(i - 1)) + 1, Integer.parseInt(names.get(i)));
            }
        }
    }

    private <E extends TelemetryExporter> E add(String name, E exporter) {
        added.add(exporter);
        dispatcher.add(name, exporter);
        return exporter;
    }

    private ExporterCounters counters(String name) {
        return dispatcher.counters().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    private static AgentEvent event(String name) {
        return new NoticeEvent(Instant.EPOCH, NoticeEvent.Level.INFO, "test", name, "text");
    }

    private static void await(BooleanSupplier state) {
        while (!state.getAsBoolean()) {
            Thread.yield();
        }
    }
}
