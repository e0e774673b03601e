package countersign.keys.keeper;

import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out the rules of the last good status. Immediate, because a delayed component would forget them whenever nobody holds it. */
@Component(service = {PolicySource.class, HostPolicySource.class}, immediate = true)
public final class HostPolicySource implements PolicySource {
    private static final Logger LOG = LoggerFactory.getLogger(HostPolicySource.class);

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<PolicyContribution> current = Optional.empty();

    @Override
    public String name() {
        return "secure-channel";
    }

    @Override
    public Optional<PolicyContribution> current() {
        return current;
    }

    @Override
    public Subscription subscribe(Runnable onChange) {
        // A wrapper of its own, so that one listener may subscribe twice and end one subscription.
        Runnable listener = () -> onChange.run();
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void publish(RuleDocument rules) {
        current = Optional.of(new PolicyContribution.Host(rules));
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("a listener of the host's rules failed", e);
            }
        }
    }
}
