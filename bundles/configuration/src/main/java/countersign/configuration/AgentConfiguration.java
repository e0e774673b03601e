package countersign.configuration;

import countersign.telemetry.NoticeEvent;
import countersign.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
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
 * Keeps PID {@code countersign.agent} equal to the agent's configuration file, which is named by the framework property
 * {@code countersign.config}. Immediate: it is consulted by nobody, everything else waits for what it writes.
 */
@Component(immediate = true, service = {})
public final class AgentConfiguration implements ConfigurationWatch.Listener {
    static final String PID = "countersign.agent";
    static final String DEFAULT_FILE = "/etc/azure/proxy-agent.json";

    private static final Logger LOG = LoggerFactory.getLogger(AgentConfiguration.class);

    private final ConfigurationAdmin admin;
    private final Consumer<String> abort;
    private final ConfigurationFile file;
    private final ScheduledExecutorService clock;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile Telemetry telemetry;

    @Activate
    public AgentConfiguration(
            BundleContext context,
            @Reference ConfigurationAdmin admin,
            @Reference(target = "(countersign.launcher=abort)", cardinality = ReferenceCardinality.OPTIONAL) Consumer<String> abort) {
        this.admin = admin;
        this.abort = abort;
        String path = context.getProperty("countersign.config");
        this.file = new ConfigurationFile(Path.of(path == null ? DEFAULT_FILE : path), new ConfigurationParser(System::getenv));
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "countersign-configuration");
            thread.setDaemon(true);
            return thread;
        });
        ConfigurationWatch watch = new ConfigurationWatch(file, this);
        watch.start();
        clock.scheduleWithFixedDelay(() -> guarded(watch::poll), 1, 1, TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() {
        clock.shutdownNow();
    }

    @Override
    public void valid(Map<String, Object> properties) {
        try {
            // The store is of this process alone: the launcher begins with an empty one.
            Configuration inForce = configuration();
            Map<String, Object> next = RunningMembers.over(
                    inForce.getProperties(), properties, message -> notice(NoticeEvent.Level.WARN, "ConfigurationPostponed", file.path() + ": " + message));
            if (inForce.updateIfDifferent(new Hashtable<>(next))) {
                notice(NoticeEvent.Level.INFO, "ConfigurationApplied", file.path() + ": applied");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("storing configuration " + PID, e);
        }
    }

    @Override
    public void unusable(String message) {
        try {
            configuration().delete(); // what an earlier run left must not stand in
        } catch (IOException e) {
            LOG.warn("removing the stored configuration {}", PID, e);
        }
        notice(NoticeEvent.Level.ERROR, "ConfigurationInvalid", message);
        if (abort != null) {
            abort.accept("configuration " + message);
        }
    }

    @Override
    public void ignored(String message) {
        notice(NoticeEvent.Level.ERROR, "ConfigurationInvalid", message + "; the last good configuration stays in force");
    }

    private Configuration configuration() throws IOException {
        return admin.getConfiguration(PID, "?");
    }

    private void notice(NoticeEvent.Level level, String name, String message) {
        switch (level) {
            case ERROR -> LOG.error("{}", message);
            case WARN -> LOG.warn("{}", message);
            case INFO -> LOG.info("{}", message);
        }
        Telemetry sink = telemetry;
        if (sink != null) {
            sink.publish(new NoticeEvent(Instant.now(), level, "configuration", name, message));
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("looking for a changed configuration failed, trying again in a second", e);
        }
    }
}
