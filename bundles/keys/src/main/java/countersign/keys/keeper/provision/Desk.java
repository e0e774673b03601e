package countersign.keys.keeper.provision;

import static java.util.Objects.requireNonNull;

import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Collects the marks, watches the deadline, answers queries. Queries read one immutable value; everything that writes files happens in
 * {@link Announcer}. Safe from any thread.
 */
final class Desk implements Provisioning {
    static final Duration DEADLINE = Duration.ofSeconds(120);

    private final Supplier<Instant> wallClock;
    private final LongSupplier monotonicNanos;
    private final Announcer announcer;
    private volatile Progress progress = Progress.NONE;
    private volatile KeeperLink keeper = KeeperLink.NONE;
    private long deadline;
    private boolean deadlineArmed;

    /** What follows from a completion. Called without waiting for it, never concurrently for one desk. */
    interface Announcer {
        /** @param error empty when all parts are ready */
        void finished(Instant when, String error);
    }

    Desk(Supplier<Instant> wallClock, LongSupplier monotonicNanos, Announcer announcer) {
        this.wallClock = requireNonNull(wallClock, "wallClock");
        this.monotonicNanos = requireNonNull(monotonicNanos, "monotonicNanos");
        this.announcer = requireNonNull(announcer, "announcer");
        arm();
    }

    @Override
    public synchronized void ready(ProvisionFlag flag) {
        progress = progress.with(flag);
        if (progress.complete()) {
            deadlineArmed = false;
            keeper.pushRedirection();
            finish();
        }
    }

    @Override
    public synchronized void notReady(ProvisionFlag flag, String message) {
        progress = progress.without(flag).saying(flag, message);
    }

    @Override
    public ProvisionReport query(String tick, boolean notify) {
        KeeperLink asked = keeper;
        ProvisionReport report = progress.answer(tick, asked.channelOn());
        if (notify && !report.finished()) {
            asked.wake();
        }
        return report;
    }

    void attach(KeeperLink link) {
        keeper = requireNonNull(link, "link");
    }

    synchronized void detach(KeeperLink link) {
        if (keeper == link) {
            keeper = KeeperLink.NONE;
        }
    }

    /** What the key keeper says while it is not ready. */
    synchronized void describe(ProvisionFlag flag, String message) {
        progress = progress.saying(flag, message);
    }

    /**
     * The key latch has to be shown anew. The deadline starts again when that takes something back; else any local user could put it off for
     * ever by asking again and again.
     */
    synchronized void reset() {
        if (progress.ready().contains(ProvisionFlag.KEY_LATCH_READY) || progress.finished() > 0) {
            progress = progress.without(ProvisionFlag.KEY_LATCH_READY).finishedAt(0);
            arm();
        }
    }

    /** To be called now and then: gives up waiting when the time is over. */
    synchronized void tick() {
        if (deadlineArmed && monotonicNanos.getAsLong() - deadline >= 0) {
            deadlineArmed = false;
            if (!progress.complete()) {
                finish();
            }
        }
    }

    private void arm() {
        deadline = monotonicNanos.getAsLong() + DEADLINE.toNanos();
        deadlineArmed = true;
    }

    private void finish() {
        Instant now = wallClock.get();
        progress = progress.finishedAt(Math.max(1, now.getEpochSecond() * 1_000_000_000L + now.getNano()));
        announcer.finished(now, progress.error());
    }
}
