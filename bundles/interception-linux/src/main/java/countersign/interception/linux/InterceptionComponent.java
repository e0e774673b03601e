package countersign.interception.linux;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
 * Interception and attribution on Linux. Immediate, so that an earlier agent's programs get their new owner before anybody asks:
 * until then nobody can bind the proxy's port. Waits for the configuration: guarding the wrong cgroup is not a default.
 */
@Component(
        immediate = true,
        service = {Interceptor.class, Attribution.class, InterceptionComponent.class},
        configurationPid = "countersign.agent",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class InterceptionComponent implements Interceptor, Attribution {
    private static final Logger log = LoggerFactory.getLogger(InterceptionComponent.class);

    private final Guard guard;
    private final KernelAttribution attribution;
    private final SelfCheck selfCheck;
    private volatile Runnable onChange = () -> {};
    private Settings settings;

    /** Members of the agent's configuration that concern interception; see {@link Settings}. */
    @interface Config {
        String cgroupRoot() default "/sys/fs/cgroup";

        String pinFolder() default "/sys/fs/bpf/countersign";

        String libbpfPath() default Libbpf.SYSTEM_LIBRARY;

        boolean denyUnknownNetns() default true;

        boolean egressGuard() default true;

        int rateLimitPerSecond() default 0;

        int rateLimitBurst() default 20;
    }

    /**
     * @param abort the launcher's way out: told why this machine cannot be guarded
     * @throws InterceptionException when it cannot; the component does not come up then
     */
    @Activate
    public InterceptionComponent(
            Config config,
            @Reference(target = "(countersign.launcher=abort)", cardinality = ReferenceCardinality.OPTIONAL)
                    Consumer<String> abort)
            throws InterceptionException {
        try {
            settings = settings(config);
            guard = start(settings);
        } catch (InterceptionException | IllegalArgumentException e) {
            log.error("interception cannot start: {}", e.getMessage());
            if (abort != null) {
                abort.accept(e.getMessage());
            }
            throw e;
        }
        attribution = new KernelAttribution(guard.accepted(), guard::claimed, new ProcessReader(), new Users(System::nanoTime));
        selfCheck = new SelfCheck(this::repair);
        log.info("interception attached to {}, redirected: {}", settings.cgroupRoot(), guard.redirected());
    }

    @Modified
    void modified(Config config) {
        try {
            Settings next = settings(config);
            if (settings.needsRestartFor(next)) {
                log.warn("cgroupRoot, pinFolder and libbpfPath take effect when the agent starts again");
            }
            guard.apply(next);
            settings = next;
        } catch (InterceptionException | IllegalArgumentException e) {
            log.error("the changed configuration is not in force: {}", e.getMessage());
        }
    }

    @Deactivate
    void deactivate() {
        selfCheck.close();
        guard.close();
    }

    @Override
    public void claim(InetSocketAddress listener) throws InterceptionException {
        try {
            guard.claim(listener);
            log.info("redirected connections go to {}", listener);
        } finally {
            onChange.run();
        }
    }

    /** Asks to be told when {@link #ready} may have changed; one observer, told at once and then on the thread that made the change. */
    void observe(Runnable observer) {
        onChange = observer;
        observer.run();
    }

    @Override
    public void redirect(Set<Endpoint> endpoints) throws InterceptionException {
        guard.redirect(endpoints);
        log.info("redirected: {}", endpoints);
    }

    @Override
    public Set<Endpoint> redirected() {
        try {
            return guard.redirected();
        } catch (InterceptionException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public boolean ready() {
        return guard.ready();
    }

    @Override
    public Map<String, Long> counters() {
        try {
            Map<String, Long> counters = new LinkedHashMap<>(guard.counters());
            attribution.addCounters(counters);
            selfCheck.addCounters(counters);
            return counters;
        } catch (InterceptionException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public AttributionOutcome attribute(InetSocketAddress client, InetSocketAddress listener) {
        return attribution.attribute(client, listener);
    }

    private List<String> repair() throws InterceptionException {
        try {
            return guard.repair();
        } finally {
            onChange.run();
        }
    }

    private static Guard start(Settings settings) throws InterceptionException {
        try {
            return Guard.start(settings);
        } catch (LinkageError e) {
            throw new InterceptionException("the C library cannot be called: " + e.getMessage()
                    + ". JNA unpacks its native part to a folder that must allow execution; name one with -Djna.tmpdir=FOLDER,"
                    + " or its installed place with -Djna.boot.library.path=FOLDER", e);
        }
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
