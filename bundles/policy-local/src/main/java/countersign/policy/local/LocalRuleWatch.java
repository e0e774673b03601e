package countersign.policy.local;

import static java.util.Objects.requireNonNull;

import countersign.files.PrivateFolder;
import countersign.policy.PolicyContribution;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.rules.json.RuleSetId;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the administrator's two rule files on a timer of its own, independent of whether the platform answers (authorization.md Q17).
 * {@link #current} is safe from any thread.
 */
final class LocalRuleWatch implements AutoCloseable {
    static final String WIRESERVER_FILE = "WireServer_Rules.json";
    static final String IMDS_FILE = "IMDS_Rules.json";

    private static final Logger log = LoggerFactory.getLogger(LocalRuleWatch.class);

    private final WatchedRules wireserver;
    private final WatchedRules imds;
    private final Supplier<Optional<RuleDocument>> platform;
    private final Consumer<NoticeEvent> notices;
    private final Runnable onChange;
    // A platform that changes while this closes is dropped, not an error on the platform's thread.
    private final ScheduledExecutorService timer =
            new ScheduledThreadPoolExecutor(1, daemon("countersign-rules"), new ThreadPoolExecutor.DiscardPolicy());
    private Optional<RuleDocument> document = Optional.empty();
    private volatile PolicyContribution.Local current;

    /**
     * Reads both files before it returns.
     *
     * @param folder created when missing
     * @param trustedUid who must own the files
     * @param patience how long reading a file may take
     * @param platform the platform's document, which says whether local rules count
     * @param onChange run after {@link #current} has changed, on the timer's thread
     */
    LocalRuleWatch(
            Path folder,
            int trustedUid,
            Duration interval,
            Duration patience,
            Supplier<Optional<RuleDocument>> platform,
            Consumer<NoticeEvent> notices,
            Runnable onChange) {
        this.platform = requireNonNull(platform, "platform");
        this.notices = requireNonNull(notices, "notices");
        this.onChange = requireNonNull(onChange, "onChange");
        try {
            new PrivateFolder(folder).restrict();
        } catch (IOException e) {
            log.error("rules folder: {}", e.getMessage());
        }
        this.wireserver = watched(folder.resolve(WIRESERVER_FILE), trustedUid, patience, "WireServer");
        this.imds = watched(folder.resolve(IMDS_FILE), trustedUid, patience, "IMDS");
        evaluate();
        timer.scheduleWithFixedDelay(this::evaluateSafely, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    PolicyContribution.Local current() {
        return current;
    }

    /** Looks at the files now, because the platform's document changed. Returns at once. */
    void evaluateSoon() {
        timer.execute(this::evaluateSafely);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    private synchronized void evaluate() {
        askPlatform();
        wireserver.evaluate(wanted(document.flatMap(RuleDocument::wireserver)));
        imds.evaluate(wanted(document.flatMap(RuleDocument::imds)));
        PolicyContribution.Local now = new PolicyContribution.Local(imds.rules(), wireserver.rules());
        if (!now.equals(current)) {
            current = now;
            onChange.run();
        }
    }

    /** A source at fault must not keep the files from being read; what it said last goes on counting. */
    private void askPlatform() {
        try {
            document = platform.get();
        } catch (RuntimeException | LinkageError e) {
            log.error("asking for the platform's rules failed", e);
        }
    }

    /** The timer must survive whatever happens in one round. */
    private void evaluateSafely() {
        try {
            evaluate();
        } catch (RuntimeException e) {
            log.error("looking at the local rule files failed", e);
        }
    }

    private WatchedRules watched(Path path, int trustedUid, Duration patience, String module) {
        // A thread of its own for each file: one that hangs must not keep the other from being read.
        RuleFile file = new RuleFile(path, trustedUid, task -> daemon("countersign-rules-read").newThread(task).start(), patience);
        return new WatchedRules(file, (level, name, text) -> {
            switch (level) {
                case ERROR -> log.error("{} {}: {}", module, name, text);
                case WARN -> log.warn("{} {}: {}", module, name, text);
                case INFO -> log.info("{} {}: {}", module, name, text);
            }
            notices.accept(new NoticeEvent(Instant.now(), level, module, name, text));
        });
    }

    private static boolean wanted(Optional<RuleItem> item) {
        return item.isPresent() && RuleSetId.of(item.get().id()).useLocalFileRules();
    }

    private static ThreadFactory daemon(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
