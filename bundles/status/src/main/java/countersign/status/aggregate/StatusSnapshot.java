package countersign.status.aggregate;

import static java.util.Objects.requireNonNull;

import countersign.status.aggregate.ModuleStatus.State;
import java.time.Instant;
import java.util.List;

/** The status document as of one moment (status.md section 2), before it is text. */
record StatusSnapshot(
        Instant time,
        String version,
        ModuleStatus monitor,
        ModuleStatus keyLatch,
        ModuleStatus ebpfProgram,
        ModuleStatus proxyListener,
        ModuleStatus telemetryLogger,
        long connections,
        List<SummaryRow> ordinary,
        List<SummaryRow> failed) {
    StatusSnapshot {
        requireNonNull(time, "time");
        requireNonNull(version, "version");
        requireNonNull(monitor, "monitor");
        requireNonNull(keyLatch, "keyLatch");
        requireNonNull(ebpfProgram, "ebpfProgram");
        requireNonNull(proxyListener, "proxyListener");
        requireNonNull(telemetryLogger, "telemetryLogger");
        ordinary = List.copyOf(ordinary);
        failed = List.copyOf(failed);
    }

    /** Key keeper, redirector and listener run; monitor and telemetry do not take part. */
    boolean success() {
        return keyLatch.state() == State.RUNNING && ebpfProgram.state() == State.RUNNING && proxyListener.state() == State.RUNNING;
    }
}
