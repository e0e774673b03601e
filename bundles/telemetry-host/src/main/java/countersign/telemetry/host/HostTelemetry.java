package countersign.telemetry.host;

import countersign.host.HostClient;
import countersign.host.HostMetadata;
import countersign.provisioning.Provisioning;
import countersign.status.StatusDocument;
import countersign.telemetry.TelemetryExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Exports to the host. Registers the exporter itself instead of being it: what it needs needs telemetry in turn, which would close a circle, and
 * when it ends the exporter must be gone, its last events included, before the rest is written to disk. Immediate, because nobody asks for it.
 */
@Component(service = {}, immediate = true, configurationPid = "countersign.agent", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class HostTelemetry {
    private static final long START_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long STOP_MILLIS = 2000;
    /** Milliseconds in place of the minute between two passes; everything else keeps its proportion to it. For tests. */
    private static final String MINUTE = "countersign.telemetryMinute";

    private final BundleContext context;
    private final StopSignal signal = new StopSignal();
    private final Intake intake;
    private final TelemetryLoop loop;
    private final Thread thread;
    private final long activated = System.nanoTime();
    private ServiceRegistration<TelemetryExporter> registration;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Provisioning provisioning;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile StatusDocument status;

    /** What is taken from the agent's configuration. */
    @interface Config {
        String eventFolder();

        long maxEventFileCount() default 30;
    }

    @Activate
    public HostTelemetry(BundleContext context, Config config, @Reference HostClient host, @Reference HostMetadata metadata) {
        this.context = context;
        String version = property("countersign.version", context.getBundle().getVersion().toString());
        Pace pace = Pace.of(Duration.ofMillis(Long.parseLong(property(MINUTE, "60000"))));
        AtomicLong dropped = new AtomicLong();
        this.intake = new Intake(version, System::nanoTime, dropped);
        this.loop = new TelemetryLoop(
                new TelemetryLoop.Surroundings(this::mayStart, metadata, this::status, Machine::read, System::nanoTime, Instant::now, version),
                intake, new Outbox(new Courier(host, signal, pace.retry())), dropped, pace, signal);
        this.thread = new Thread(loop, "countersign-host-telemetry");
        thread.setDaemon(true);
        modified(config);
    }

    @Activate
    void start() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("component.name", HostTelemetry.class.getName());
        registration = context.registerService(TelemetryExporter.class, intake, properties);
        thread.start();
    }

    /** In place: a new instance would begin by writing what waits to disk. */
    @Modified
    void modified(Config config) {
        loop.folder(config.eventFolder().isEmpty()
                ? Optional.empty()
                : Optional.of(new EventFolder(Path.of(config.eventFolder()), config.maxEventFileCount(), Instant::now)));
    }

    @Deactivate
    void stop() throws InterruptedException {
        registration.unregister();
        signal.stop();
        thread.join(STOP_MILLIS);
    }

    /** Whether provisioning has finished or the agent is 60 s old (status.md section 8.4). */
    private boolean mayStart() {
        Provisioning current = provisioning;
        return current != null && current.query("0", false).finished() || System.nanoTime() - activated >= START_NANOS;
    }

    private Optional<byte[]> status() {
        StatusDocument current = status;
        return current == null ? Optional.empty() : Optional.of(current.json());
    }

    private String property(String name, String otherwise) {
        String value = context.getProperty(name);
        return value == null ? otherwise : value;
    }
}
