package countersign.authorization.engine.fuzz;

import java.util.List;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/**
 * Fuzzes with a property for a fixed time: two seconds in every build, {@code -Dcountersign.fuzz.seconds} for more. Not for fewer than
 * {@link #LEAST} tries, because a machine may stand still for all that time. Inputs come in the same order each time.
 */
public final class TimeSlice implements AroundTryHook {
    public static final int WITHOUT_END = Integer.MAX_VALUE;
    public static final String SEED = "20250114";

    private static final int LEAST = 500;
    private static final long NANOS = Long.getLong("countersign.fuzz.seconds", 2) * 1_000_000_000;

    /** The run of one property. */
    private static final class Slice {
        private final long begun = System.nanoTime();
        private int tries;

        boolean isOver() {
            return ++tries >= LEAST && System.nanoTime() - begun >= NANOS;
        }
    }

    @Override
    public TryExecutionResult aroundTry(TryLifecycleContext context, TryExecutor property, List<Object> parameters) {
        Slice slice = Store.getOrCreate(TimeSlice.class, Lifespan.PROPERTY, Slice::new).get();
        TryExecutionResult result = property.execute(parameters);
        return result.isSatisfied() && slice.isOver() ? TryExecutionResult.satisfied(true) : result;
    }
}
