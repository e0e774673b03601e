package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import countersign.keys.ChannelState;
import countersign.keys.KeyRing;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

class PublishedKeyRingTest {
    private final List<String> events = new ArrayList<>();
    private final ServiceRegistration<?> registration = (ServiceRegistration<?>) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                events.add(method.getName());
                return null;
            });
    private final BundleContext context = (BundleContext) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                events.add(method.getName() + " known=" + ((KeyRing) arguments[1]).state().known());
                return registration;
            });
    private final PublishedKeyRing ring = new PublishedKeyRing(context);

    @Test
    void ring_isOfferedOnce_andOnlyWithAKnownState() {
        ring.publish(ChannelState.UNKNOWN);
        assertEquals(List.of(), events);
        ChannelState known = new ChannelState(Optional.empty(), true, false, Map.of());
        ring.publish(known);
        ring.publish(known);
        assertEquals(List.of("registerService known=true"), events);
        assertSame(known, ring.state());
        ring.close();
        assertEquals(List.of("registerService known=true", "unregister"), events);
    }

    @Test
    void closedRing_isNotOfferedAgain() {
        ring.close();
        ring.publish(new ChannelState(Optional.empty(), true, false, Map.of()));
        assertEquals(List.of(), events);
    }
}
