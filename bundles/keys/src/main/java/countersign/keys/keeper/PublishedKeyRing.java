package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.keys.ChannelState;
import countersign.keys.KeyRing;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Holds the state the key keeper published last, and offers it as {@link KeyRing} from the first time the host was understood: when this bundle
 * is replaced, requests stay with the predecessor's ring until there is a better one. It references nothing: the key keeper needs own requests,
 * which need the endorser, which needs the ring. Immediate, because a delayed component would forget the key whenever nobody holds it.
 */
@Component(service = PublishedKeyRing.class, immediate = true)
public final class PublishedKeyRing implements KeyRing {
    private final BundleContext context;
    private volatile ChannelState state = ChannelState.UNKNOWN;
    private ServiceRegistration<KeyRing> registration;
    private boolean closed;

    @Activate
    public PublishedKeyRing(BundleContext context) {
        this.context = requireNonNull(context, "context");
    }

    @Override
    public ChannelState state() {
        return state;
    }

    void publish(ChannelState next) {
        state = next;
        if (next.known()) {
            offer();
        }
    }

    private synchronized void offer() {
        if (registration == null && !closed) {
            registration = context.registerService(KeyRing.class, this, null);
        }
    }

    @Deactivate
    void close() {
        ServiceRegistration<KeyRing> ending;
        synchronized (this) {
            ending = registration;
            registration = null;
            closed = true;
        }
        // Outside the lock: whoever holds the ring drains its calls now.
        if (ending != null) {
            ending.unregister();
        }
    }
}
