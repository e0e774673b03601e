package countersign.interception.linux;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.attribution.AttributionOutcome.Attributed;
import countersign.attribution.AttributionOutcome.Reason;
import countersign.attribution.AttributionOutcome.Unattributed;
import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Joins the kernel's record of a connection with what is provably known about its process (interception.md section 4). */
final class KernelAttribution implements Attribution {
    private final AcceptedTable table;
    private final Supplier<Optional<InetSocketAddress>> claimed;
    private final ProcessReader processes;
    private final Users users;
    private final Scratch.Pool scratches = new Scratch.Pool();
    private final LongAdder attributed = new LongAdder();
    private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

    /** @param claimed the listener that redirected connections may reach */
    KernelAttribution(
            AcceptedTable table, Supplier<Optional<InetSocketAddress>> claimed, ProcessReader processes, Users users) {
        this.table = table;
        this.claimed = claimed;
        this.processes = processes;
        this.users = users;
        for (Reason reason : Reason.values()) {
            refused.put(reason, new LongAdder());
        }
    }

    @Override
    public AttributionOutcome attribute(InetSocketAddress client, InetSocketAddress listener) {
        Scratch scratch = scratches.take();
        try {
            Optional<ConnectionRecord> record = table.find(client, listener, scratch);
            return record.isPresent() ? judge(record.get(), listener, scratch) : refuse(Reason.NO_RECORD);
        } catch (InterceptionException e) {
            return refuse(Reason.UNAVAILABLE);
        } finally {
            scratches.give(scratch);
        }
    }

    /** Adds how many connections were attributed, and refused by reason. */
    void addCounters(Map<String, Long> counters) {
        counters.put("attributed", attributed.sum());
        refused.forEach((reason, count) ->
                counters.put("attribution-" + reason.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-denied", count.sum()));
    }

    AttributionOutcome judge(ConnectionRecord record, InetSocketAddress listener, Scratch scratch) {
        if (record.abi() != Layout.ABI || !record.redirected()) {
            return refuse(Reason.RECORD_LAYOUT);
        }
        Optional<Endpoint> endpoint = Endpoint.at(record.originalDestination());
        if (endpoint.isEmpty() || !claimed.get().equals(Optional.of(listener))) {
            return refuse(Reason.DESTINATION);
        }
        ProcessDetail detail = processes.read(record, scratch);
        if (detail instanceof ProcessDetail.Known known) {
            attributed.increment();
            return new Attributed(endpoint.get(), caller(record, known));
        }
        return refuse(Reason.EXECUTABLE_NAME);
    }

    private Caller caller(ConnectionRecord record, ProcessDetail.Known detail) {
        Users.User user = users.of(record.uid());
        return new Caller(
                record.uid(),
                user.name(),
                user.groups(),
                record.tgid(),
                record.startTicks(),
                detail.executable(),
                detail.commandLine(),
                record.elevated());
    }

    private Unattributed refuse(Reason reason) {
        refused.get(reason).increment();
        return new Unattributed(reason);
    }
}
