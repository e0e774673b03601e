package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.host.HostMetadata;
import countersign.host.VmMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop on a clock that nobody waits for. */
class TelemetryLoopTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String STATUS = "{\"proxyAgentStatus\":{\"status\":\"SUCCESS\"}}";

    @TempDir
    private Path events;

    private final FakeHost host = new FakeHost();
    private final AtomicLong dropped = new AtomicLong();
    private Duration startsAt = Duration.ZERO;
    private Optional<byte[]> status = Optional.empty();
    private Optional<VmMetadata> vm = Optional.of(Events.VM);
    private boolean withFolder = true;
    /** What happens when the metadata is asked for the n-th time, from 1. */
    private final Map<Integer, Runnable> happenings = new HashMap<>();
    private final List<Duration> asked = new ArrayList<>();
    private FakePauses pauses;
    private Intake intake = new Intake("0.1.0", () -> 0, dropped);

    @Test
    void hostIsLeftAlone_untilTheLowPriorityTasksStart() {
        startsAt = Duration.ofSeconds(42);
        notices("a");
        run(Duration.ofSeconds(41));
        assertEquals(List.of(), asked);
        notices("b");
        run(Duration.ofMinutes(3));
        assertEquals(List.of(Duration.ofSeconds(102)), asked, "one minute later, and then not without events");
        assertEquals(List.of("b", "a"), told(), "what waited on disk comes last");
    }

    @Test
    void eventsOfAMinute_goTogether() {
        happenings.put(1, () -> notices("c"));
        notices("a", "b");
        run(Duration.ofMinutes(5));
        assertEquals(List.of(List.of("a", "b"), List.of("c")), host.taskNames());
        assertEquals(List.of(MINUTE, MINUTE.multipliedBy(2)), asked);
    }

    @Test
    void withoutMetadata_nothingIsSentAndEventsWait() throws IOException {
        vm = Optional.empty();
        happenings.put(4, () -> vm = Optional.of(Events.VM));
        notices("a");
        run(Duration.ofMinutes(5));
        assertEquals(List.of(List.of("a")), host.taskNames());
        assertEquals(4, asked.size());
        assertEquals(List.of(), files());
    }

    @Test
    void whatTheOutboxRefuses_goesToAFile_andIsSentLater() throws IOException {
        vm = Optional.empty();
        fillIntake("first");
        happenings.put(1, () -> fillIntake("second"));
        happenings.put(3, () -> {
            assertEquals(1, files().size());
            vm = Optional.of(Events.VM);
        });
        run(Duration.ofMinutes(7));
        assertEquals(2 * Outbox.CAPACITY, told().size());
        assertEquals("first0 first999 second999 second0",
                told().get(0) + " " + told().get(999) + " " + told().get(1000) + " " + told().get(1999), "those of a file last to first");
        assertEquals(List.of(), files());
        assertEquals(0, dropped.get());
    }

    @Test
    void whatNobodyCanTake_isReportedWhenSendingResumes() {
        withFolder = false;
        vm = Optional.empty();
        fillIntake("first");
        happenings.put(1, () -> fillIntake("second"));
        happenings.put(2, () -> notices("third"));
        happenings.put(3, () -> vm = Optional.of(Events.VM));
        run(Duration.ofMinutes(5));
        assertEquals(Outbox.CAPACITY + 1, told().size());
        assertEquals("EventsDropped", told().get(Outbox.CAPACITY));
        String last = FakeHost.text(host.requests.get(host.requests.size() - 1));
        assertTrue(last.contains("Value=\"1001 telemetry events were dropped: neither the host nor the event folder could take them\""), last);
        assertEquals(0, dropped.get());
    }

    @Test
    void droppedEvents_areNotForgotten_whileTheHostTakesNothing() {
        host.status = number -> 500;
        dropped.set(7);
        notices("a");
        run(Duration.ofMinutes(3));
        assertEquals(5, host.requests.size());
        assertEquals(7, dropped.get());
    }

    @Test
    void files_areLookedForAfterAMinute_andThenEveryFive() throws IOException {
        file("1.json", "early");
        startsAt = Duration.ofSeconds(30);
        happenings.put(1, () -> file("2.json", "late"));
        run(Duration.ofMinutes(8));
        assertEquals(List.of(Duration.ofSeconds(90), Duration.ofSeconds(390)), asked);
        assertEquals(List.of("early", "late"), told());
        assertEquals(List.of(), files());
    }

    @Test
    void fileThatDoesNotFit_isKeptForTheNextLook() throws IOException {
        vm = Optional.empty();
        fillIntake("a");
        file("1.json", "b");
        run(Duration.ofMinutes(2));
        assertEquals(List.of("1.json"), files().subList(0, 1));
    }

    @Test
    void status_isReportedEveryQuarterOfAnHour_theFirstTimeAfterOne() {
        status = Optional.of(STATUS.getBytes(StandardCharsets.UTF_8));
        run(Duration.ofMinutes(31));
        assertEquals(List.of(Duration.ofMinutes(15), Duration.ofMinutes(30)), asked);
        assertEquals(List.of("loop_status", "loop_status"), told());
        String last = FakeHost.text(host.requests.get(1));
        assertTrue(last.contains("<Param Name=\"Duration\" Value=\"900000\" T=\"mt:uint64\" />")
                && last.contains("<Param Name=\"OperationSuccess\" Value=\"True\" T=\"mt:bool\" />"), last);
    }

    @Test
    void stop_writesWhatIsLeft_alsoBeforeTheStart() throws IOException {
        startsAt = Duration.ofDays(1);
        notices("a", "b");
        run(Duration.ofSeconds(5));
        assertEquals(List.of(), host.requests);
        assertEquals(List.of("a", "b"), written());
    }

    @Test
    void stopWhileTheHostRefuses_keepsBatchAndLaterEvents() throws IOException {
        host.status = number -> {
            if (number == 1) {
                notices("b");
            }
            return 500;
        };
        notices("a");
        run(Duration.ofSeconds(80));
        assertEquals(2, host.requests.size());
        assertEquals(List.of("a", "b"), written());
    }

    @Test
    void moreThanAFileMayHold_isWrittenIntoTwo() throws IOException {
        vm = Optional.empty();
        fillIntake("a");
        happenings.put(1, () -> fillIntake("b"));
        run(Duration.ofSeconds(100));
        assertEquals(2 * Outbox.CAPACITY, written().size());
        assertEquals(2, files().size());
    }

    @Test
    void withoutAFolder_nothingIsWritten() throws IOException {
        withFolder = false;
        notices("a");
        run(Duration.ofSeconds(5));
        assertEquals(List.of(), files());
    }

    private void run(Duration life) {
        pauses = new FakePauses(life);
        asked.clear();
        HostMetadata metadata = () -> {
            asked.add(pauses.now());
            happenings.getOrDefault(asked.size(), () -> { }).run();
            return vm;
        };
        Pace pace = Pace.of(MINUTE);
        TelemetryLoop loop = new TelemetryLoop(
                new TelemetryLoop.Surroundings(() -> pauses.now().compareTo(startsAt) >= 0, metadata, () -> status, () -> Events.MACHINE,
                        () -> pauses.now().toNanos(), () -> Events.NOON, "0.1.0"),
                intake, new Outbox(new Courier(host, pauses, pace.retry())), dropped, pace, pauses);
        loop.folder(withFolder ? Optional.of(new EventFolder(events, 30, () -> Events.NOON)) : Optional.empty());
        loop.run();
    }

    private void notices(String... names) {
        for (String name : names) {
            intake.export(Events.notice(name, "text"));
        }
    }

    private void fillIntake(String name) {
        for (int i = 0; i < Intake.CAPACITY; i++) {
            notices(name + i);
        }
    }

    private List<String> told() {
        return host.taskNames().stream().flatMap(List::stream).toList();
    }

    private void file(String name, String taskName) {
        try (var out = Files.newOutputStream(events.resolve(name))) {
            EventJson.write(List.of(Events.generic(taskName)), out);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(events)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> written() throws IOException {
        List<String> names = new ArrayList<>();
        for (String file : files()) {
            try (var in = Files.newInputStream(events.resolve(file))) {
                EventJson.read(in, Outbox.CAPACITY).forEach(event -> names.add(event.taskName()));
            }
        }
        return names;
    }
}
