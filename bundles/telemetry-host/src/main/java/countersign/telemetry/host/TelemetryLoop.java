package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.host.HostMetadata;
import countersign.host.VmMetadata;
import countersign.logfile.LogText;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events to the host now and then, and into files when it cannot (telemetry.md sections 4 to 7). The host is left alone until the
 * low-priority tasks may start (status.md section 8.4). One thread runs it; {@link #folder} may be called by others.
 */
final class TelemetryLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryLoop.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Surroundings surroundings;
    private final Intake intake;
    private final Outbox outbox;
    private final AtomicLong dropped;
    private final Pace pace;
    private final Pauses pauses;
    private volatile Optional<EventFolder> folder = Optional.empty();
    private Machine machine;
    private long filesAt;
    private long statusAt;

    /**
     * What the loop takes from elsewhere.
     *
     * @param mayStart whether the low-priority tasks may start; asked until they may
     * @param status the agent's status document, as long as there is one
     * @param nanos monotonic nanoseconds
     */
    record Surroundings(
            BooleanSupplier mayStart, HostMetadata metadata, Supplier<Optional<byte[]>> status, Supplier<Machine> machine, LongSupplier nanos,
            Supplier<Instant> clock, String version) {}

    /** @param dropped counts events that are told to nobody; reported and begun anew when sending is possible */
    TelemetryLoop(Surroundings surroundings, Intake intake, Outbox outbox, AtomicLong dropped, Pace pace, Pauses pauses) {
        this.surroundings = requireNonNull(surroundings, "surroundings");
        this.intake = requireNonNull(intake, "intake");
        this.outbox = requireNonNull(outbox, "outbox");
        this.dropped = requireNonNull(dropped, "dropped");
        this.pace = requireNonNull(pace, "pace");
        this.pauses = requireNonNull(pauses, "pauses");
    }

    /** Where event files are from now on; without one there are none. */
    void folder(Optional<EventFolder> next) {
        folder = next;
    }

    /** Ends when the pauses say so, after what is left has been written to a file. */
    @Override
    public void run() {
        if (start()) {
            while (pauses.pause(pace.pass())) {
                try {
                    pass();
                } catch (RuntimeException | LinkageError e) {
                    // Also when a bundle is replaced at the wrong moment: what is left must not be lost with the thread.
                    LOG.error("a pass of the telemetry to the host failed, the next one comes as planned", e);
                }
            }
        }
        keepTheRest();
    }

    private boolean start() {
        while (!surroundings.mayStart().getAsBoolean()) {
            if (!pauses.pause(LOOK)) {
                return false;
            }
        }
        long now = surroundings.nanos().getAsLong();
        filesAt = now + pace.pass().toNanos();
        statusAt = now + pace.status().toNanos();
        return true;
    }

    private void pass() {
        collect();
        long now = surroundings.nanos().getAsLong();
        if (now - statusAt >= 0) {
            reportStatus(now);
        }
        if (now - filesAt >= 0) {
            filesAt = now + pace.files().toNanos();
            folder.ifPresent(files -> files.offer(this::takeBack));
        }
        if (!outbox.isEmpty()) {
            metadata().ifPresent(this::send);
        }
    }

    /** What the outbox has no room for goes into one file. */
    private void collect() {
        List<GenericEvent> refused = new ArrayList<>();
        for (GenericEvent event : intake.collect()) {
            if (!outbox.offer(event)) {
                refused.add(event);
            }
        }
        keep(refused);
    }

    private void keep(List<GenericEvent> events) {
        if (!events.isEmpty() && !folder.map(files -> files.keep(events)).orElse(false)) {
            dropped.addAndGet(events.size());
        }
    }

    /** All of a file's events or none; the last of them first, as the reference does it. */
    private boolean takeBack(List<GenericEvent> events) {
        if (events.size() > outbox.room()) {
            return false;
        }
        List<GenericEvent> order = new ArrayList<>(events);
        Collections.reverse(order);
        order.forEach(outbox::offer);
        return true;
    }

    private void reportStatus(long now) {
        long since = Duration.ofNanos(now - statusAt).plus(pace.status()).toMillis();
        statusAt = now + pace.status().toNanos();
        Optional<byte[]> document = surroundings.status().get();
        if (document.isEmpty()) {
            return;
        }
        try {
            StatusReport report = StatusReport.of(document.get());
            offer(new StatusEvent(Origin.here(surroundings.version()), now(), report.success(), report.message(), since));
        } catch (IOException e) {
            LOG.warn("the agent's status is not reported to the host: {}", e.getMessage());
        }
    }

    private Optional<VmMetadata> metadata() {
        try {
            return pauses.interruptibly(surroundings.metadata()::current);
        } catch (IOException e) {
            return Optional.empty(); // stopping
        }
    }

    private void send(VmMetadata vm) {
        if (machine == null) {
            machine = surroundings.machine().get();
        }
        if (outbox.send(vm, machine) && dropped.get() > 0) {
            reportDropped(vm);
        }
    }

    /** Once the host takes events again it learns that some are missing (telemetry.md Q14). */
    private void reportDropped(VmMetadata vm) {
        long lost = dropped.getAndSet(0);
        String message = lost + " telemetry events were dropped: neither the host nor the event folder could take them";
        LOG.warn("{}", message);
        Origin origin = Origin.here(surroundings.version());
        offer(new GenericEvent("WARN", message, origin.version(), "EventsDropped", origin.pid(), origin.tid(), "telemetry", now()));
        outbox.send(vm, machine);
    }

    private void offer(HostEvent event) {
        if (!outbox.offer(event)) {
            dropped.incrementAndGet();
        }
    }

    /** Reports of the status are not kept: they are of the moment. */
    private void keepTheRest() {
        List<GenericEvent> rest = new ArrayList<>();
        outbox.clear().forEach(event -> {
            if (event instanceof GenericEvent generic) {
                rest.add(generic);
            }
        });
        rest.addAll(intake.collect());
        for (int from = 0; from < rest.size(); from += Outbox.CAPACITY) {
            keep(rest.subList(from, Math.min(rest.size(), from + Outbox.CAPACITY)));
        }
    }

    private String now() {
        return LogText.timestamp(surroundings.clock().get());
    }
}
