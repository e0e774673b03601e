package countersign.host.simulator.control;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.HostKey;
import countersign.host.simulator.channel.KeyState;
import countersign.host.simulator.channel.Keys;
import countersign.host.simulator.channel.SecureChannel;
import countersign.host.simulator.channel.SecureChannel.DateHeaders;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.channel.StatusDocument;
import countersign.host.simulator.telemetry.TelemetryStore;
import countersign.host.simulator.verify.SignatureCheck;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Everything that can be changed in a running simulator. Safe for concurrent use. */
public final class Controls {
    private final ObjectMapper json = new ObjectMapper();
    private final SecureChannel channel;
    private final Keys keys;
    private final HostClock clock;
    private final SignatureCheck signatures;
    private final Faults faults;
    private final Journal journal;
    private final TelemetryStore telemetry;
    private final StatusDocument firstDocument;
    private final int firstCapacity;
    private StatusDocument beforeDisable;

    public Controls(SecureChannel channel, Keys keys, HostClock clock, SignatureCheck signatures, Faults faults, Journal journal,
            TelemetryStore telemetry, StatusDocument firstDocument, int firstCapacity) {
        this.channel = channel;
        this.keys = keys;
        this.clock = clock;
        this.signatures = signatures;
        this.faults = faults;
        this.journal = journal;
        this.telemetry = telemetry;
        this.firstDocument = firstDocument;
        this.firstCapacity = firstCapacity;
    }

    /** Puts a status document in force. */
    public synchronized void serve(StatusDocument document) {
        beforeDisable = null;
        channel.serve(document);
    }

    /** Switches the channel off; keys stay. */
    public synchronized void disable() {
        if (beforeDisable == null) {
            beforeDisable = channel.document();
            channel.serve(StatusDocument.preset("disabled"));
        }
    }

    /** Returns to the document that {@link #disable} replaced; without one nothing changes. */
    public synchronized void enable() {
        if (beforeDisable != null) {
            channel.serve(beforeDisable);
            beforeDisable = null;
        }
    }

    /** Makes the agent fetch a new key; returns its guid. */
    public String rotate() {
        return keys.rotate().guid();
    }

    /** The faults in force. */
    public Faults faults() {
        return faults;
    }

    /** The journal. */
    public Journal journal() {
        return journal;
    }

    /** What guests have told about themselves. */
    public TelemetryStore telemetry() {
        return telemetry;
    }

    /** The keys. */
    public Keys keys() {
        return keys;
    }

    /** Everything as it was at the start; entry, fault and connection numbers go on. */
    public synchronized void reset() {
        serve(firstDocument);
        keys.forget();
        clock.shift(Duration.ZERO);
        signatures.tolerate(Duration.ofMinutes(15));
        channel.send(DateHeaders.CORRECT);
        faults.clear();
        telemetry.reset();
        journal.clear();
        journal.clearCounters();
        journal.resize(firstCapacity);
    }

    /**
     * Changes clock settings; absent members stay as they are.
     *
     * @throws IllegalArgumentException if a member is wrong; then nothing has changed
     */
    synchronized void setClock(ObjectNode wanted) {
        wanted.fieldNames().forEachRemaining(name -> {
            boolean number = name.equals("offsetSeconds") || name.equals("toleranceSeconds");
            boolean text = name.equals("hostDateHeader") || name.equals("dateHeader");
            if (!(number && wanted.get(name).isIntegralNumber() || text && wanted.get(name).isTextual())) {
                throw new IllegalArgumentException("clock member " + name
                        + ": expected the numbers offsetSeconds, toleranceSeconds or the strings hostDateHeader, dateHeader");
            }
        });
        DateHeaders now = channel.dates();
        DateHeaders next = new DateHeaders(wanted.path("hostDateHeader").asText(now.hostDate()), wanted.path("dateHeader").asText(now.date()));
        signatures.tolerate(Duration.ofSeconds(wanted.path("toleranceSeconds").asLong(signatures.tolerance().toSeconds())));
        clock.shift(Duration.ofSeconds(wanted.path("offsetSeconds").asLong(clock.offset().toSeconds())));
        channel.send(next);
    }

    /** Clock settings as {@link #setClock} takes them, and the simulated time. */
    ObjectNode clockState() {
        return json.createObjectNode().put("now", clock.now().toString()).put("offsetSeconds", clock.offset().toSeconds())
                .put("toleranceSeconds", signatures.tolerance().toSeconds())
                .put("hostDateHeader", channel.dates().hostDate()).put("dateHeader", channel.dates().date());
    }

    /** The keys; their text only on demand. */
    ObjectNode keyState(boolean withText) {
        KeyState state = keys.state();
        ObjectNode shown = json.createObjectNode().put("reported", state.reported());
        shown.set("latched", describe(state.latched(), withText));
        shown.set("issued", describe(state.issued(), withText));
        return shown;
    }

    /** Everything at a glance. */
    ObjectNode state() {
        ObjectNode state = json.createObjectNode();
        state.putRawValue("status", new RawValue(new String(channel.served(), StandardCharsets.UTF_8)));
        ObjectNode modes = state.putObject("modes");
        for (Service service : Service.values()) {
            modes.put(service.text(), channel.document().mode(service).text());
        }
        state.set("keys", keyState(false));
        state.set("clock", clockState());
        state.set("faults", faults.describe());
        state.putObject("journal").put("capacity", journal.capacity());
        return state;
    }

    /** Requests by service and reason. */
    ObjectNode counters() {
        ObjectNode shown = json.createObjectNode();
        long total = 0;
        for (Map.Entry<Service, Map<String, Long>> service : journal.counts().entrySet()) {
            ObjectNode reasons = shown.putObject(service.getKey().text());
            service.getValue().forEach(reasons::put);
            total += service.getValue().values().stream().mapToLong(Long::longValue).sum();
        }
        return shown.put("total", total);
    }

    private ObjectNode describe(HostKey key, boolean withText) {
        if (key == null) {
            return null;
        }
        ObjectNode shown = json.createObjectNode().put("guid", key.guid()).put("incarnationId", key.incarnation())
                .put("issued", key.issued().toString());
        return withText ? shown.put("key", key.revealText()) : shown;
    }
}
