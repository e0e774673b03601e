package countersign.policy.local;

import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
 * The administrator's rule files as a policy source. Immediate, because it follows the files and reports on them also while nobody decides.
 */
@Component(
        immediate = true,
        service = PolicySource.class,
        property = LocalPolicyComponent.KIND + "=local",
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class LocalPolicyComponent implements PolicySource {
    static final String KIND = "countersign.policy.kind";
    private static final int ROOT = 0;
    private static final Duration READ_PATIENCE = Duration.ofSeconds(2);

    private final List<Runnable> subscribers = new CopyOnWriteArrayList<>();
    private final Map<PolicySource, Subscription> platform = new ConcurrentHashMap<>();
    private volatile Telemetry telemetry;
    private volatile LocalRuleWatch watch;
    private Settings settings;

    /** Members of the agent's configuration that concern local rules. */
    @interface Config {
        String latchKeyFolder() default "";

        long pollKeyStatusIntervalInSeconds() default 15;
    }

    private record Settings(Path folder, Duration interval) {
        static Settings of(Config config) {
            if (config.latchKeyFolder().isEmpty()) {
                throw new IllegalArgumentException("latchKeyFolder: expected a path, got an empty text");
            }
            Path keys = Path.of(config.latchKeyFolder());
            Path folder = keys.getParent() == null ? keys.resolve("rules") : keys.resolveSibling("rules");
            return new Settings(folder, Duration.ofSeconds(Math.min(3600, Math.max(1, config.pollKeyStatusIntervalInSeconds()))));
        }
    }

    @Activate
    void start(Config config) {
        settings = Settings.of(config);
        watch = watch(settings);
    }

    @Modified
    void modified(Config config) {
        Settings changed = Settings.of(config);
        if (!changed.equals(settings)) {
            LocalRuleWatch old = watch;
            settings = changed;
            watch = watch(changed);
            old.close();
            changed();
        }
    }

    @Deactivate
    void stop() {
        watch.close();
    }

    @Override
    public String name() {
        return "local-files";
    }

    @Override
    public Optional<PolicyContribution> current() {
        return Optional.of(watch.current());
    }

    @Override
    public Subscription subscribe(Runnable onChange) {
        subscribers.add(onChange);
        return () -> subscribers.remove(onChange);
    }

    /** Every other source: what the platform sends says whether local rules are wanted. */
    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            target = "(!(" + KIND + "=local))")
    void addPlatform(PolicySource source) {
        platform.put(source, source.subscribe(this::platformChanged));
        platformChanged();
    }

    void removePlatform(PolicySource source) {
        Subscription subscription = platform.remove(source);
        if (subscription != null) {
            subscription.close();
        }
        platformChanged();
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTelemetry(Telemetry service) {
        telemetry = service;
    }

    void unbindTelemetry(Telemetry service) {
        if (telemetry == service) {
            telemetry = null;
        }
    }

    private LocalRuleWatch watch(Settings settings) {
        return new LocalRuleWatch(settings.folder(), ROOT, settings.interval(), READ_PATIENCE, this::document, this::publish, this::changed);
    }

    /** Some platform document. Which of several would count is the authorizer's business; here it only decides what is worth a report. */
    private Optional<RuleDocument> document() {
        return platform.keySet().stream()
                .flatMap(source -> source.current().stream())
                .filter(PolicyContribution.Host.class::isInstance)
                .map(contribution -> ((PolicyContribution.Host) contribution).document())
                .findFirst();
    }

    private void publish(NoticeEvent notice) {
        Telemetry sink = telemetry;
        if (sink != null) {
            sink.publish(notice);
        }
    }

    private void platformChanged() {
        LocalRuleWatch following = watch;
        if (following != null) {
            following.evaluateSoon();
        }
    }

    private void changed() {
        subscribers.forEach(Runnable::run);
    }
}
