package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.host.VmMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events on their way to the host, in their order; bounded. Belongs to one thread. */
final class Outbox {
    static final int CAPACITY = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Courier courier;
    private final Deque<HostEvent> waiting = new ArrayDeque<>();

    Outbox(Courier courier) {
        this.courier = requireNonNull(courier, "courier");
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int room() {
        return CAPACITY - waiting.size();
    }

    /** False when there is no room. */
    boolean offer(HostEvent event) {
        return room() > 0 && waiting.add(event);
    }

    /** Takes out everything. */
    List<HostEvent> clear() {
        List<HostEvent> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    /**
     * Sends batch by batch until nothing waits or the thread shall end. An event stays until its batch is delivered or lost, so that the one
     * that did not fit into a batch is the first of the next (host-endpoints.md H4).
     *
     * @return whether anything was delivered
     */
    boolean send(VmMetadata vm, Machine machine) {
        EventXml xml = new EventXml(vm, machine);
        boolean delivered = false;
        while (!waiting.isEmpty()) {
            dropOversize(xml);
            Batch batch = new Batch();
            int taken = fill(batch, xml);
            if (taken > 0) {
                switch (courier.deliver(batch.document())) {
                    case DELIVERED -> delivered = true;
                    case LOST -> { }
                    case STOPPED -> {
                        return delivered;
                    }
                }
            }
            for (int i = 0; i < taken; i++) {
                waiting.remove();
            }
        }
        return delivered;
    }

    private int fill(Batch batch, EventXml xml) {
        int taken = 0;
        for (HostEvent event : waiting) {
            if (!batch.add(event.kind(), xml.of(event))) {
                break;
            }
            taken++;
        }
        return taken;
    }

    /** Drops the first events that fit into no document; not quoted in the log, which would be as long (telemetry.md Q18). */
    private void dropOversize(EventXml xml) {
        for (HostEvent first = waiting.peek(); first != null; first = waiting.peek()) {
            String event = xml.of(first);
            if (new Batch().add(first.kind(), event)) {
                return;
            }
            LOG.warn("a telemetry event of kind {}, task {}, with {} characters is too large to be sent and dropped", first.kind(),
                    first.taskName(), event.length());
            waiting.remove();
        }
    }
}
