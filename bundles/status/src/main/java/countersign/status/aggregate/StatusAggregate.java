package countersign.status.aggregate;

import countersign.files.StatusFolder;
import countersign.provisioning.Provisioning;
import countersign.status.StatusDocument;
import countersign.status.aggregate.ModuleStatus.State;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.Telemetry;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.felix.hc.api.HealthCheck;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the health check of each module and writes the document, on demand and to its file. Health checks are looked up when asked instead of
 * being referenced: modules that use this document contribute to it as well. Immediate: the file must be written though nobody asks.
 */
@Component(immediate = true)
public final class StatusAggregate implements StatusDocument {
    private static final Logger LOG = LoggerFactory.getLogger(StatusAggregate.class);
    private static final long MEMORY_BUDGET_MB = 128;

    private final BundleContext context;
    private final ConnectionSummaries summaries;
    private final String version;
    private final StatusTask task;
    private final ScheduledExecutorService clock;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Provisioning provisioning;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Telemetry telemetry;

    @Activate
    public StatusAggregate(BundleContext context, @Reference SummaryCollector collector) {
        this.context = context;
        this.summaries = collector.summaries();
        this.version = property("countersign.version", context.getBundle().getVersion().toString());
        StatusFile file = new StatusFile(StatusFolder.of(context::getProperty));
        this.task = new StatusTask(file, () -> StatusJson.pretty(snapshot()), this::provisioned, System::nanoTime, this::news);
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "countersign-status");
            thread.setDaemon(true);
            return thread;
        });
        clock.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        clock.shutdown();
        if (!clock.awaitTermination(2, TimeUnit.SECONDS)) {
            clock.shutdownNow();
        }
        // Only when the whole agent ends: while this bundle is replaced the modules go on (status.md Q16).
        if (context.getBundle(0).getState() == Bundle.STOPPING) {
            task.write(StatusJson.pretty(stopped()));
        }
    }

    @Override
    public byte[] json() {
        return StatusJson.compact(snapshot());
    }

    private StatusSnapshot snapshot() {
        ModuleStatus listener = module("proxyListenerStatus");
        return new StatusSnapshot(
                Instant.now(), version, new ModuleStatus(State.RUNNING, task.message()), module("keyLatchStatus"), module("ebpfProgramStatus"),
                listener, module("telemetryLoggerStatus"), connections(listener), summaries.ordinary(), summaries.failed());
    }

    private StatusSnapshot stopped() {
        return new StatusSnapshot(
                Instant.now(), version, new ModuleStatus(State.RUNNING, "last document"), ended("keyLatchStatus"), ended("ebpfProgramStatus"),
                ended("proxyListenerStatus"), ended("telemetryLoggerStatus"), summaries.requests(), summaries.ordinary(), summaries.failed());
    }

    /** What ended a module before the agent stopped is why the agent has stopped, or the nearest to it. */
    private ModuleStatus ended(String name) {
        ModuleStatus last = module(name);
        return last.state() == State.STOPPED ? last : new ModuleStatus(State.STOPPED, "the agent has stopped");
    }

    /** The listener's own count where it tells one: local requests are counted but not published as events. */
    private long connections(ModuleStatus listener) {
        try {
            return Math.max(summaries.requests(), Long.parseLong(listener.facts().getOrDefault("proxyConnectionsCount", "0")));
        } catch (NumberFormatException e) {
            return summaries.requests();
        }
    }

    private ModuleStatus module(String name) {
        ServiceReference<HealthCheck> best = null;
        try {
            for (ServiceReference<HealthCheck> found : context.getServiceReferences(HealthCheck.class, "(" + HealthCheck.NAME + "=" + name + ")")) {
                best = best == null || found.compareTo(best) > 0 ? found : best;
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("filter for " + name, e);
        }
        if (best == null) {
            return ModuleReports.read(null);
        }
        try {
            return ModuleReports.read(context.getService(best));
        } finally {
            context.ungetService(best);
        }
    }

    private boolean provisioned() {
        Provisioning current = provisioning;
        return current != null && current.query("0", false).finished();
    }

    private void tick() {
        try {
            if (task.tick()) {
                ProcessMemory.read().ifPresent(StatusAggregate::report);
            }
        } catch (RuntimeException e) {
            LOG.error("writing the status document failed, trying again in a second", e);
        }
    }

    private static void report(ProcessMemory memory) {
        LOG.info("resident memory {} MB, at most {} MB so far", memory.resident(), memory.peak());
        if (memory.resident() > MEMORY_BUDGET_MB) {
            LOG.warn("resident memory {} MB is above {} MB", memory.resident(), MEMORY_BUDGET_MB);
        }
    }

    private void news(String message) {
        LOG.warn("{}", message);
        Telemetry sink = telemetry;
        if (sink != null) {
            sink.publish(new NoticeEvent(Instant.now(), NoticeEvent.Level.WARN, "agent_status", "ModuleStatusChanged", message));
        }
    }

    private String property(String name, String otherwise) {
        String value = context.getProperty(name);
        return value == null ? otherwise : value;
    }
}
