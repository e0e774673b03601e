package countersign.telemetry.dispatch;

import static java.util.Objects.requireNonNull;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.Telemetry;
import countersign.telemetry.TelemetryExporter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hands each event to the lane of every exporter that is there at that moment. */
final class Dispatcher implements Telemetry {
    private final List<ExporterLane> lanes = new CopyOnWriteArrayList<>();
    private final int capacity;
    private final Duration drain;

    /**
     * @param capacity of each exporter's queue
     * @param drain how long a removed exporter may take for the events it has queued
     */
    Dispatcher(int capacity, Duration drain) {
        this.capacity = capacity;
        this.drain = requireNonNull(drain, "drain");
    }

    @Override
    public void publish(AgentEvent event) {
        for (ExporterLane lane : lanes) {
            lane.offer(event);
        }
    }

    void add(String name, TelemetryExporter exporter) {
        ExporterLane lane = new ExporterLane(name, exporter, capacity);
        lane.start();
        lanes.add(lane);
    }

    /** Returns when the exporter's queue is empty and its thread has ended, or after the drain time. */
    void remove(TelemetryExporter exporter) {
        for (ExporterLane lane : lanes) {
            if (lane.serves(exporter)) {
                lanes.remove(lane);
                lane.close(drain);
                return;
            }
        }
    }

    List<ExporterCounters> counters() {
        return lanes.stream().map(ExporterLane::counters).toList();
    }
}
