package countersign.keys.keeper;

import countersign.files.PrivateFolder;
import countersign.host.HostClient;
import countersign.host.HostClock;
import countersign.interception.Interceptor;
import countersign.keys.KeyVault;
import countersign.keys.keeper.provision.ProvisioningComponent;
import countersign.lease.Lease;
import countersign.telemetry.NoticeEvent.Level;
import countersign.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
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
 * Runs the secure channel. What it calls may come and go while it runs: a key in memory must not be lost because the vault is replaced.
 * Immediate, because it works without being asked; the health check is how the status document sees it.
 */
@Component(
        service = HealthCheck.class,
        immediate = true,
        property = {HealthCheck.NAME + "=keyLatchStatus", HealthCheck.TAGS + "=countersign"},
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KeyKeeperComponent implements HealthCheck {
    private static final Duration DRAIN = Duration.ofSeconds(5);
    /** Ten seconds: an agent that is refused by the kernel ends in less. */
    private static final int LOOKS = 100;

    private static final long LOOK_MILLIS = 100;
    private static final long LONGEST_INTERVAL = TimeUnit.DAYS.toSeconds(1);

    private final Lease<HostClient> hosts = new Lease<>(DRAIN);
    private final Lease<HostClock> clocks = new Lease<>(DRAIN);
    private final Lease<KeyVault> vaults = new Lease<>(DRAIN);
    private final Lease<Interceptor> interceptors = new Lease<>(DRAIN);
    private final Lease<Telemetry> telemetry = new Lease<>(DRAIN);
    private final ScheduledThreadPoolExecutor pusher = new ScheduledThreadPoolExecutor(1, KeyKeeperComponent::thread);
    private final Journal journal = new Journal(telemetry, "key_keeper");
    private final Redirection redirection = new Redirection(interceptors);
    private final ProvisioningComponent provisioning;
    private final Consumer<String> abort;
    private final SingleAgent singleAgent;
    private final KeyKeeper keeper;
    private final KeeperLoop loop;
    private volatile String ended = "";

    /** What the key keeper takes from the agent's configuration. */
    @interface Config {
        String latchKeyFolder();

        long pollKeyStatusIntervalInSeconds() default 15;
    }

    @Activate
    public KeyKeeperComponent(
            Config config,
            @Reference PublishedKeyRing ring,
            @Reference HostPolicySource policy,
            @Reference ProvisioningComponent provisioning,
            @Reference(target = "(countersign.launcher=abort)", cardinality = ReferenceCardinality.OPTIONAL) Consumer<String> abort) {
        this.provisioning = provisioning;
        this.abort = abort == null ? message -> {} : abort;
        this.singleAgent = new SingleAgent(Path.of(config.latchKeyFolder()));
        ProcessAge age = new ProcessAge();
        this.keeper = new KeyKeeper(ring, policy, provisioning, redirection, journal, age, this::pushLater, this::wake);
        this.loop = new KeeperLoop(
                new SecureChannel(Leased.host(hosts), Leased.clock(clocks), Leased.vault(vaults), keeper, age, interval(config)), age, this::mayPoll);
        keeper.message("Key keeper started." + guardRules(config));
        provisioning.attach(keeper);
        pusher.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        // Also repairs what somebody else has changed, and what could not be pushed before.
        pusher.scheduleWithFixedDelay(redirection::push, 1, 1, TimeUnit.SECONDS);
        loop.start();
    }

    @Modified
    void modified(Config config) {
        loop.interval(interval(config));
    }

    @Deactivate
    void deactivate() {
        provisioning.detach(keeper);
        loop.stop();
        pusher.shutdown();
        try {
            singleAgent.close();
        } catch (IOException e) {
            journal.say(Level.WARN, "SingleAgent", "The lock of the key folder could not be closed: " + e.getMessage());
        }
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        keeper.report().states().forEach((name, value) -> log.debug("{}={}", name, value));
        if (ended.isEmpty()) {
            log.info("{}", keeper.message());
        } else {
            log.critical("{}", ended);
        }
        return new Result(log);
    }

    private boolean mayPoll() {
        try {
            if (singleAgent.take(LOOKS, () -> Thread.sleep(LOOK_MILLIS)) == SingleAgent.Holder.ANOTHER_PROCESS) {
                ended = singleAgent.refusal();
                journal.say(Level.ERROR, "SecondAgent", ended);
                abort.accept(ended);
                return false;
            }
        } catch (IOException e) {
            // No proof of a second agent. Storing a key will fail for the same reason and say so.
            journal.say(Level.WARN, "SingleAgent", "The key folder cannot be locked: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }

    /** What is to be said of it (status.md Q13); nothing when all is well. */
    private static String guardRules(Config config) {
        Path rules = Path.of(config.latchKeyFolder()).resolveSibling("rules");
        try {
            new PrivateFolder(rules).restrict();
            return "";
        } catch (IOException e) {
            return " The rules folder is not private: " + e.getMessage();
        }
    }

    private void pushLater() {
        try {
            pusher.execute(redirection::push);
        } catch (RejectedExecutionException e) {
            // Shut down: the successor pushes.
        }
    }

    private void wake() {
        loop.wake();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "countersign-redirect");
        thread.setDaemon(true);
        return thread;
    }

    private static long interval(Config config) {
        return TimeUnit.SECONDS.toNanos(Math.max(1, Math.min(LONGEST_INTERVAL, config.pollKeyStatusIntervalInSeconds())));
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindHostClient(HostClient service) {
        hosts.bind(service);
    }

    void unbindHostClient(HostClient service) {
        hosts.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindHostClock(HostClock service) {
        clocks.bind(service);
    }

    void unbindHostClock(HostClock service) {
        clocks.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindKeyVault(KeyVault service) {
        vaults.bind(service);
    }

    void unbindKeyVault(KeyVault service) {
        vaults.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindInterceptor(Interceptor service) {
        interceptors.bind(service);
        // On another thread: the interceptor may be holding its own locks while it is being published.
        pushLater();
    }

    void unbindInterceptor(Interceptor service) {
        interceptors.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindTelemetry(Telemetry service) {
        telemetry.bind(service);
    }

    void unbindTelemetry(Telemetry service) {
        telemetry.unbind(service);
    }
}
