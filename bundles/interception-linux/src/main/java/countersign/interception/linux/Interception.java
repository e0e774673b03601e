package countersign.interception.linux;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interception and attribution in force: there is one of these exactly while the kernel's programs have this process for their agent. */
final class Interception implements Interceptor, Attribution, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Interception.class);

    private final Guard guard;
    private final KernelAttribution attribution;
    private final SelfCheck selfCheck;
    private final Runnable onChange;
    private Settings settings;

    /**
     * @param onChange told when {@link #ready} may have changed, on the thread that made the change
     * @throws InterceptionException when this machine cannot be guarded; the message says what is missing
     */
    Interception(Settings settings, Runnable onChange) throws InterceptionException {
        this.settings = settings;
        this.onChange = onChange;
        guard = start(settings);
        attribution = new KernelAttribution(guard.accepted(), guard::claimed, new ProcessReader(), new Users(System::nanoTime));
        selfCheck = new SelfCheck(this::repair);
        log.info("interception attached to {}, redirected: {}", settings.cgroupRoot(), guard.redirected());
    }

    /** Puts changed settings in force, but for those that need a new start. */
    void apply(Settings next) throws InterceptionException {
        if (settings.needsRestartFor(next)) {
            log.warn("cgroupRoot, pinFolder and libbpfPath take effect when the agent starts again");
        }
        guard.apply(next);
        settings = next;
    }

    /** Lets go of the kernel and leaves in force what is. */
    @Override
    public void close() {
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
}
