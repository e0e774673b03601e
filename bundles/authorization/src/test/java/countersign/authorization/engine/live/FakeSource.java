package countersign.authorization.engine.live;

import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

final class FakeSource implements PolicySource {
    final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    volatile Runnable beforeRead = () -> {};
    private volatile Optional<PolicyContribution> current = Optional.empty();

    static FakeSource host(RuleDocument document) {
        FakeSource source = new FakeSource();
        source.current = Optional.of(new PolicyContribution.Host(document));
        return source;
    }

    void set(PolicyContribution contribution) {
        current = Optional.of(contribution);
        listeners.forEach(Runnable::run);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Optional<PolicyContribution> current() {
        beforeRead.run();
        return current;
    }

    @Override
    public Subscription subscribe(Runnable onChange) {
        listeners.add(onChange);
        return () -> listeners.remove(onChange);
    }
}
