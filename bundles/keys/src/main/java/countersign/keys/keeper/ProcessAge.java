package countersign.keys.keeper;

import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/** Monotonic nanoseconds since the process started. The system clock is asked once, so that its jumps do not count. */
final class ProcessAge implements LongSupplier {
    private final long start = System.nanoTime() - ageNow();

    @Override
    public long getAsLong() {
        return System.nanoTime() - start;
    }

    private static long ageNow() {
        return ProcessHandle.current().info().startInstant().map(started -> Math.max(0, Duration.between(started, Instant.now()).toNanos())).orElse(0L);
    }
}
