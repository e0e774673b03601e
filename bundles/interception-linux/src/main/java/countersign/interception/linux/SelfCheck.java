package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every 30 seconds whether the kernel still does what it was told. Root can undo it: this detects, it does not prevent. */
final class SelfCheck implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SelfCheck.class);
    private static final long INTERVAL_SECONDS = 30;

    private final Check check;
    private final LongAdder repairs = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final ScheduledExecutorService timer;

    SelfCheck(Check check) {
        this.check = check;
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "countersign-self-check");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::run, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns what was wrong and has been repaired. */
    interface Check {
        List<String> repair() throws InterceptionException;
    }

    void run() {
        try {
            for (String repaired : check.repair()) {
                repairs.increment();
                log.warn("interception repaired: {}", repaired);
            }
        } catch (InterceptionException e) {
            failures.increment();
            log.error("interception is not as it should be: {}", e.getMessage());
        } catch (RuntimeException e) {
            // Outermost loop of the thread: an exception that left here would silently end the checks.
            failures.increment();
            log.error("interception self-check failed", e);
        }
    }

    void addCounters(Map<String, Long> counters) {
        counters.put("self-check-repairs", repairs.sum());
        counters.put("self-check-failures", failures.sum());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
