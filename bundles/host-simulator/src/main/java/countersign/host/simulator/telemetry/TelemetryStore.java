package countersign.host.simulator.telemetry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Response;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Takes telemetry documents, refuses what is none with the reason, and keeps the last events. Safe for concurrent use. */
public final class TelemetryStore {
    private static final int KEPT = 1000;

    private final Deque<TelemetryEvent> events = new ArrayDeque<>();
    private final Deque<String> refusals = new ArrayDeque<>();
    private long accepted;
    private long refused;

    /** Answers a document that was posted. */
    public Response post(Body body) {
        if (body.kept() == null) {
            return refuse(413, "expected a document of less than a mebibyte");
        }
        try {
            List<TelemetryEvent> read = TelemetryReader.read(body.kept());
            TelemetryRules.check(body.kept(), read);
            accept(read);
            return Response.empty(200);
        } catch (MalformedTelemetry e) {
            return refuse(400, e.getMessage());
        }
    }

    /** Documents taken and refused since the last reset, the last events and the last reasons, oldest first. */
    public synchronized ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("accepted", accepted).put("refused", refused);
        ArrayNode reasons = json.putArray("refusals");
        refusals.forEach(reasons::add);
        ArrayNode shown = json.putArray("events");
        events.forEach(event -> shown.add(event.toJson()));
        return json;
    }

    /** Everything as at the start. */
    public synchronized void reset() {
        events.clear();
        refusals.clear();
        accepted = 0;
        refused = 0;
    }

    private synchronized void accept(List<TelemetryEvent> read) {
        accepted++;
        read.forEach(event -> add(events, event));
    }

    private synchronized Response refuse(int status, String reason) {
        refused++;
        add(refusals, reason);
        return Response.error(status, reason);
    }

    private static <T> void add(Deque<T> kept, T element) {
        kept.add(element);
        if (kept.size() > KEPT) {
            kept.remove();
        }
    }
}
