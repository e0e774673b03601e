package countersign.host.simulator.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Request;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** A disturbance in force, with the number of requests it still applies to. Safe for concurrent use. */
public final class Fault {
    private final int id;
    private final ObjectNode source;
    private final Service service;
    private final String method;
    private final Pattern path;
    private final long delayMillis;
    private final Action action;
    private final AtomicInteger remaining;
    private volatile boolean removed;

    /**
     * @param source the document it was made from, for display
     * @param service where it applies; {@code null} for everywhere
     * @param method the method it applies to; {@code null} for any
     * @param path the path it applies to, without query, {@code *} standing for any text; {@code null} for any
     * @param count how many requests it applies to; negative for all
     */
    Fault(int id, ObjectNode source, Service service, String method, String path, int count, long delayMillis, Action action) {
        if (delayMillis < 0) {
            throw new IllegalArgumentException("delayMillis " + delayMillis + ": expected zero or more");
        }
        this.id = id;
        this.source = source;
        this.service = service;
        this.method = method;
        this.path = path == null ? null : Pattern.compile("\\Q" + path.replace("*", "\\E.*\\Q") + "\\E");
        this.remaining = new AtomicInteger(count);
        this.delayMillis = delayMillis;
        this.action = Objects.requireNonNull(action, "action");
    }

    /** Its number since the simulator started, from 1. */
    public int id() {
        return id;
    }

    /** How long the answer waits first. */
    public long delayMillis() {
        return delayMillis;
    }

    /** What happens then. */
    public Action action() {
        return action;
    }

    /** Whether it was taken back; a hanging connection then ends. */
    public boolean isRemoved() {
        return removed;
    }

    /** Claims one application of this fault for a request; false if it does not match or is used up. */
    boolean take(Service at, Request request) {
        boolean matches = (service == null || service == at) && (method == null || method.equals(request.method()))
                && (path == null || path.matcher(request.path()).matches());
        return matches && remaining.getAndUpdate(left -> left > 0 ? left - 1 : left) != 0;
    }

    void remove() {
        removed = true;
    }

    /** The document it was made from with its {@code id} and the {@code remaining} count ({@code null} for all). */
    ObjectNode describe() {
        int left = remaining.get();
        ObjectNode shown = source.deepCopy().put("id", id);
        return left < 0 ? shown.putNull("remaining") : shown.put("remaining", left);
    }
}
