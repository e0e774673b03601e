package countersign.authorization.engine;

import countersign.authorization.Authorizer;
import countersign.authorization.PolicySnapshot;
import countersign.authorization.engine.live.PolicyEngine;
import countersign.files.StatusFolder;
import countersign.lease.Lease;
import countersign.policy.PolicySource;
import countersign.telemetry.NoticeEvent;
import countersign.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
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
 * The authorizer as a service. Immediate, because it keeps the last good rules: they must not be lost while nobody uses it.
 */
@Component(
        immediate = true,
        service = Authorizer.class,
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AuthorizationComponent implements Authorizer {
    private final Path statusFolder;
    private final Lease<Telemetry> telemetry = new Lease<>(Duration.ofSeconds(5));
    private final PolicyEngine engine;

    /** Members of the agent's configuration that concern decisions. */
    @interface Config {
        String canonicalRequestMode() default "";

        boolean tolerateEncodedQuestionMark() default false;

        boolean evilTwins() default true;
    }

    @Activate
    public AuthorizationComponent(BundleContext context, Config config) {
        this.statusFolder = StatusFolder.of(context::getProperty);
        this.engine = new PolicyEngine(options(config), this::publish);
    }

    /** By now every source there is has been bound: the first snapshot is made of all of them. */
    @Activate
    void start() {
        engine.start();
    }

    @Modified
    void modified(Config config) {
        engine.reconfigure(options(config));
    }

    @Deactivate
    void stop() {
        engine.close();
    }

    @Override
    public PolicySnapshot snapshot() {
        return engine.snapshot();
    }

    @Override
    public long divergences() {
        return engine.divergences();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicySource(PolicySource source, Map<String, Object> properties) {
        int ranking = properties.get("service.ranking") instanceof Integer number ? number : 0;
        engine.add(source, ranking, (Long) properties.get("service.id"));
    }

    void removePolicySource(PolicySource source) {
        engine.remove(source);
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

    private void publish(NoticeEvent notice) {
        try (Lease.Hold<Telemetry> hold = telemetry.acquire(Duration.ZERO).orElse(null)) {
            if (hold != null) {
                hold.service().publish(notice);
            }
        }
    }

    private PolicyEngine.Options options(Config config) {
        return new PolicyEngine.Options(
                config.canonicalRequestMode(), config.tolerateEncodedQuestionMark(), config.evilTwins(), Optional.of(statusFolder));
    }
}
