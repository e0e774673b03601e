package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostPolicySourceTest {
    @Test
    void contribution_isThereBeforeListenersAreTold_andAThrowingOneHarmsNobody() {
        HostPolicySource source = new HostPolicySource();
        AtomicInteger told = new AtomicInteger();
        source.subscribe(() -> {
            throw new IllegalStateException("bad listener");
        });
        PolicySource.Subscription subscription = source.subscribe(() -> {
            assertEquals(Optional.of(new PolicyContribution.Host(RuleDocument.EMPTY)), source.current());
            told.incrementAndGet();
        });
        assertEquals(Optional.empty(), source.current());
        source.publish(RuleDocument.EMPTY);
        assertEquals(1, told.get());
        subscription.close();
        subscription.close();
        source.publish(RuleDocument.EMPTY);
        assertEquals(1, told.get());
    }
}
