package countersign.interception.linux;

import countersign.lease.Lease;
import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.Provisioning;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Tells those who wait for it whether connections are guarded: provisioning, the status document, and the launcher, for which a
 * {@code Supplier} of the kernel's counters with the property {@code countersign.role=guard} is there while they are.
 */
@Component(
        service = HealthCheck.class,
        immediate = true,
        property = {HealthCheck.NAME + "=ebpfProgramStatus", HealthCheck.TAGS + "=countersign"})
public final class GuardReport implements HealthCheck {
    private static final String NOT_READY = "Redirector is attached, but redirected connections cannot arrive at the listener yet.";

    private final BundleContext context;
    private final InterceptionComponent interception;
    private final Lease<Provisioning> provisioning = new Lease<>(Duration.ofSeconds(1));
    private ServiceRegistration<?> marker;

    @Activate
    public GuardReport(BundleContext context, @Reference InterceptionComponent interception) {
        this.context = context;
        this.interception = interception;
        interception.observe(this::look);
    }

    @Deactivate
    synchronized void deactivate() {
        interception.observe(() -> {});
        hideMarker();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindProvisioning(Provisioning service) {
        provisioning.bind(service);
        look();
    }

    void unbindProvisioning(Provisioning service) {
        provisioning.unbind(service);
    }

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        String failure = interception.failure();
        if (!failure.isEmpty()) {
            log.critical("{}", failure);
        } else {
            guarding().ifPresentOrElse(
                    guard -> log.info("Redirector attached, redirecting {}", guard.redirected()), () -> log.temporarilyUnavailable(NOT_READY));
        }
        return new Result(log);
    }

    private Optional<Interception> guarding() {
        return interception.interception().filter(Interception::ready);
    }

    private void look() {
        Optional<Interception> guarding = guarding();
        String failure = interception.failure();
        synchronized (this) {
            if (guarding.isEmpty()) {
                hideMarker();
            } else if (marker == null) {
                marker = context.registerService(Supplier.class, (Supplier<Map<String, Long>>) guarding.get()::counters, guardRole());
            }
        }
        provisioning.acquire(Duration.ZERO).ifPresent(hold -> {
            try (hold) {
                if (guarding.isPresent()) {
                    hold.service().ready(ProvisionFlag.REDIRECTOR_READY);
                } else {
                    hold.service().notReady(ProvisionFlag.REDIRECTOR_READY, failure.isEmpty() ? NOT_READY : failure);
                }
            }
        });
    }

    private void hideMarker() {
        if (marker != null) {
            marker.unregister();
            marker = null;
        }
    }

    private static Dictionary<String, Object> guardRole() {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("countersign.role", "guard");
        return properties;
    }
}
