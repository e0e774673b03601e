package countersign.authorization.engine.decision;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Names decisions: a text of this engine's life and a number. Unique also while two engines work side by side. Safe from any thread. */
public final class DecisionIds {
    private final String prefix;
    private final AtomicLong last = new AtomicLong();

    public DecisionIds() {
        this(Integer.toString(new SecureRandom().nextInt(Integer.MAX_VALUE), Character.MAX_RADIX));
    }

    /** @param life what tells this engine from others */
    public DecisionIds(String life) {
        this.prefix = life + '-';
    }

    String next() {
        return prefix + last.incrementAndGet();
    }
}
