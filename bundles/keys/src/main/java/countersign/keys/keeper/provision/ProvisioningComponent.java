package countersign.keys.keeper.provision;

import countersign.keys.keeper.Journal;
import countersign.keys.keeper.StatusMessage;
import countersign.lease.Lease;
import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import countersign.telemetry.NoticeEvent.Level;
import countersign.telemetry.Telemetry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
 * Provisioning with a timer of its own, so that a host that does not answer cannot stop the deadline (secure-channel.md Q1). It references
 * nothing that references it: the key keeper attaches itself. Immediate, because its deadline runs from the start.
 */
@Component(
        service = {Provisioning.class, ProvisioningComponent.class},
        immediate = true,
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ProvisioningComponent implements Provisioning {
    private static final Path CONSOLE = Path.of("/dev/console");

    private final Lease<Telemetry> telemetry = new Lease<>(Duration.ofSeconds(1));
    private final Journal journal = new Journal(telemetry, "provision");
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, ProvisioningComponent::thread);
    private final Desk desk;
    private final Path console;
    private final TagFiles tags;

    /** What provisioning takes from the agent's configuration. */
    @interface Config {
        String latchKeyFolder();
    }

    @Activate
    public ProvisioningComponent(Config config) {
        this(config, CONSOLE);
    }

    /** @param console where the outcome is also shown, if it can be written */
    ProvisioningComponent(Config config, Path console) {
        this.console = console;
        this.tags = new TagFiles(Path.of(config.latchKeyFolder()));
        this.desk = new Desk(Instant::now, System::nanoTime, (when, error) -> timer.execute(() -> announce(when, error)));
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.scheduleWithFixedDelay(desk::tick, 1, 1, TimeUnit.SECONDS);
    }

    /** The folder stays while the agent runs; without this method any other change would replace the service and forget what is ready. */
    @Modified
    void modified() {}

    @Deactivate
    void deactivate() {
        timer.shutdown();
    }

    /** Whether everything begun before {@link #deactivate} is done. */
    boolean ended(long time, TimeUnit unit) throws InterruptedException {
        return timer.awaitTermination(time, unit);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTelemetry(Telemetry service) {
        telemetry.bind(service);
    }

    void unbindTelemetry(Telemetry service) {
        telemetry.unbind(service);
    }

    @Override
    public void ready(ProvisionFlag flag) {
        desk.ready(flag);
    }

    @Override
    public void notReady(ProvisionFlag flag, String message) {
        desk.notReady(flag, StatusMessage.cut(message));
    }

    @Override
    public ProvisionReport query(String tick, boolean notify) {
        return desk.query(tick, notify);
    }

    /** From here on the key keeper is asked for its state and woken. */
    public void attach(KeeperLink keeper) {
        desk.attach(keeper);
    }

    public void detach(KeeperLink keeper) {
        desk.detach(keeper);
    }

    /** What the key keeper says while it is not ready. */
    public void describe(ProvisionFlag flag, String message) {
        desk.describe(flag, message);
    }

    /** Takes the key latch back, for a fresh look at the host. */
    public void reset() {
        desk.reset();
    }

    private void announce(Instant when, String error) {
        try {
            tags.write(when, error);
        } catch (IOException e) {
            journal.say(Level.ERROR, "ProvisionTags", "Provisioning has finished but its tag files could not be written: " + e.getMessage());
        }
        String text = error.isEmpty() ? "Provision finished successfully" : "Provision finished with errors: " + TagFiles.escape(error);
        journal.say(error.isEmpty() ? Level.INFO : Level.ERROR, "ProvisionFinished", text);
        show(text);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "countersign-provision");
        thread.setDaemon(true);
        return thread;
    }

    private void show(String text) {
        try {
            Files.write(console, ("azure-proxy-agent: " + text.stripTrailing() + "\r\n").getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
        } catch (IOException e) {
            // A machine without a console has nobody to read it there; log and event have it.
        }
    }
}
