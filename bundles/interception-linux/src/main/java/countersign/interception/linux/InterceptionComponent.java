package countersign.interception.linux;

import countersign.attribution.Attribution;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings interception up, once, and offers {@link Interceptor} and {@link Attribution} while it is in force. Where it cannot be, both stay
 * away and {@link #failure} says why. Immediate, so that an earlier agent's programs get their new owner before anybody asks: until then
 * nobody can bind the proxy's port. Waits for the configuration: guarding the wrong cgroup is not a default.
 */
@Component(
        immediate = true,
        service = InterceptionComponent.class,
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class InterceptionComponent {
    private static final Logger log = LoggerFactory.getLogger(InterceptionComponent.class);
    private static final String[] SERVICES = {Interceptor.class.getName(), Attribution.class.getName()};

    private final BundleContext context;
    private final Consumer<String> abort;
    private volatile Interception interception;
    private volatile String failure = "";
    private volatile Runnable onChange = () -> {};
    private ServiceRegistration<?> registration;

    /** Members of the agent's configuration that concern interception; see {@link Settings}. */
    @interface Config {
        String cgroupRoot() default "/sys/fs/cgroup";

        String pinFolder() default "/sys/fs/bpf/countersign";

        String libbpfPath() default Libbpf.SYSTEM_LIBRARY;

        boolean denyUnknownNetns() default true;

        boolean egressGuard() default true;

        long rateLimitPerSecond() default 0;

        long rateLimitBurst() default 20;
    }

    /** @param abort the launcher's way out: told why this machine cannot be guarded */
    @Activate
    public InterceptionComponent(
            BundleContext context,
            Config config,
            @Reference(target = "(countersign.launcher=abort)", cardinality = ReferenceCardinality.OPTIONAL)
                    Consumer<String> abort) {
        this.context = context;
        this.abort = abort;
        start(config);
    }

    /** A machine that could not be guarded is tried again: the change may be the remedy. */
    @Modified
    void modified(Config config) {
        if (interception == null) {
            start(config);
            return;
        }
        try {
            interception.apply(settings(config));
        } catch (InterceptionException | IllegalArgumentException e) {
            log.error("the changed configuration is not in force: {}", e.getMessage());
        }
    }

    @Deactivate
    void deactivate() {
        if (interception != null) {
            registration.unregister();
            interception.close();
        }
    }

    /** Asks to be told when the answers of this component may have changed; one observer, told at once and then on the thread that made the change. */
    void observe(Runnable observer) {
        onChange = observer;
        observer.run();
    }

    /** What is in force; empty when this machine cannot be guarded, for which {@link #failure} then has the reason. */
    Optional<Interception> interception() {
        return Optional.ofNullable(interception);
    }

    /** What is missing and what to do about it; empty when nothing is. */
    String failure() {
        return failure;
    }

    /** Said once, here: an exception would make the component runtime try again for each consumer, and print each with its stack. */
    private void start(Config config) {
        try {
            interception = new Interception(settings(config), () -> onChange.run());
            failure = "";
            registration = context.registerService(SERVICES, interception, null);
        } catch (InterceptionException | IllegalArgumentException e) {
            failure = e.getMessage();
            log.error("interception cannot start: {}", failure);
            if (abort != null) {
                abort.accept(failure);
            }
        }
        onChange.run();
    }

    private static Settings settings(Config config) {
        return new Settings(
                Path.of(config.cgroupRoot()),
                Path.of(config.pinFolder()),
                config.libbpfPath(),
                config.denyUnknownNetns(),
                config.egressGuard(),
                new Settings.Rate(config.rateLimitPerSecond(), config.rateLimitBurst()));
    }
}
