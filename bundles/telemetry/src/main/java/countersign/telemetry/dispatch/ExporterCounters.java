package countersign.telemetry.dispatch;

import static java.util.Objects.requireNonNull;

/**
 * What became of the events for one exporter.
 *
 * @param exported taken without complaint
 * @param failed the exporter threw
 * @param dropped did not fit into its queue, or were left when it was removed
 * @param queued waiting now
 */
record ExporterCounters(String name, long exported, long failed, long dropped, int queued) {
    ExporterCounters {
        requireNonNull(name, "name");
    }

    @Override
    public String toString() {
        return name + ": " + exported + " exported, " + failed + " failed, " + dropped + " dropped, " + queued + " queued";
    }
}
