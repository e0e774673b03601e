package countersign.host.simulator.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults in force, oldest first. Safe for concurrent use. */
public final class Faults {
    private final FaultParser parser = new FaultParser();
    private final AtomicInteger ids = new AtomicInteger();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    /** The oldest fault that applies to this request, counted down; {@code null} if none does. */
    public Fault take(Service service, Request request) {
        for (Fault fault : faults) {
            if (fault.take(service, request)) {
                return fault;
            }
        }
        return null;
    }

    /** Puts a fault in force, see {@link FaultParser#parse}. */
    public Fault add(String preset, ObjectNode document) {
        Fault fault = parser.parse(ids.incrementAndGet(), preset, document);
        faults.add(fault);
        return fault;
    }

    /** Takes one back; false if there is none with that number. */
    public boolean remove(int id) {
        for (Fault fault : faults) {
            if (fault.id() == id) {
                fault.remove();
                return faults.remove(fault);
            }
        }
        return false;
    }

    /** Takes all back. */
    public void clear() {
        faults.forEach(Fault::remove);
        faults.removeIf(Fault::isRemoved);
    }

    /** The answer after a patch. */
    public static Response patched(Action.Patch patch, Response response) {
        return FaultParser.apply(patch, response);
    }

    ObjectNode presets() {
        return parser.presets();
    }

    ArrayNode describe() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        faults.forEach(fault -> all.add(fault.describe()));
        return all;
    }
}
