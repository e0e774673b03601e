package countersign.proxy.jetty;

import countersign.attribution.Attribution;
import countersign.authorization.Authorizer;
import countersign.endorsement.Endorser;
import countersign.endpoint.Endpoint;
import countersign.interception.Interceptor;
import countersign.provisioning.Provisioning;
import countersign.status.StatusDocument;
import countersign.telemetry.Telemetry;
import java.net.InetSocketAddress;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.function.Supplier;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Opens the listener and lends it the services of the others. All references are optional: the listener is always there, and refuses with a
 * reason of its own what it lacks a service for. Immediate, because nobody asks for it.
 */
@Component(
        service = HealthCheck.class,
        immediate = true,
        property = {HealthCheck.NAME + "=proxyListenerStatus", HealthCheck.TAGS + "=countersign"},
        configurationPid = "countersign.agent")
public final class ProxyComponent implements HealthCheck {
    /** A constant, like the addresses of the host (proxy.md section 1). */
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 3080);

    private final Services services = new Services();
    private final ListenerKeeper keeper;
    private final BundleContext context;
    private volatile Settings settings;
    private ServiceRegistration<?> registration;

    /** What the listener takes from the agent's configuration; it opens without waiting for one. */
    @interface Config {
        long connectionsPerUser() default 128;

        boolean enableHttpProxyTrace() default false;
    }

    @Activate
    public ProxyComponent(BundleContext context, Config config) {
        this.context = context;
        modified(config);
        keeper = new ListenerKeeper(
                () -> new Listener(ADDRESS, services, Limits.STANDARD, () -> settings, Endpoint::address),
                ListenerKeeper.Pace.STANDARD,
                services,
                this::listening);
    }

    @Modified
    void modified(Config config) {
        settings = new Settings(config.connectionsPerUser(), config.enableHttpProxyTrace());
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        keeper.report(log);
        return new Result(log);
    }

    /** Tells that the listener is there; asked, the service gives the listener's counters by name. */
    private synchronized void listening(Listener listener) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("countersign.role", "listener");
        Supplier<?> counters = listener::counters;
        registration = context.registerService(Supplier.class, counters, properties);
    }

    @Activate
    void start() {
        keeper.start();
    }

    @Deactivate
    void stop() {
        keeper.close();
        synchronized (this) {
            if (registration != null) {
                registration.unregister();
            }
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindAttribution(Attribution service) {
        services.attribution.bind(service);
    }

    void unbindAttribution(Attribution service) {
        services.attribution.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindAuthorizer(Authorizer service) {
        services.authorizer.bind(service);
    }

    void unbindAuthorizer(Authorizer service) {
        services.authorizer.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindEndorser(Endorser service) {
        services.endorser.bind(service);
    }

    void unbindEndorser(Endorser service) {
        services.endorser.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindTelemetry(Telemetry service) {
        services.telemetry.bind(service);
    }

    void unbindTelemetry(Telemetry service) {
        services.telemetry.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindStatusDocument(StatusDocument service) {
        services.status.bind(service);
    }

    void unbindStatusDocument(StatusDocument service) {
        services.status.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindProvisioning(Provisioning service) {
        services.provisioning.bind(service);
        keeper.provisioningAppeared();
    }

    void unbindProvisioning(Provisioning service) {
        services.provisioning.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindInterceptor(Interceptor service) {
        keeper.bindInterceptor(service);
    }

    void unbindInterceptor(Interceptor service) {
        keeper.unbindInterceptor(service);
    }
}
