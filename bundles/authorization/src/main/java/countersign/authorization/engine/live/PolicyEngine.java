package countersign.authorization.engine.live;

import static java.util.Objects.requireNonNull;

import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.twins.EvilTwins;
import countersign.policy.PolicySource;
import countersign.telemetry.NoticeEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the policy in force up to date. Changes of sources and of the configuration are compiled on a thread of its own, any number of
 * changes that arrive meanwhile by one compilation. Safe from any thread.
 */
public final class PolicyEngine implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PolicyEngine.class);

    private final PolicySources sources = new PolicySources();
    private final Consumer<NoticeEvent> notices;
    private final LongAdder divergences = new LongAdder();
    private final LivePolicy policy;
    // A change that arrives while the engine closes is dropped, not an error.
    private final ExecutorService compiler = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), PolicyEngine::thread, new ThreadPoolExecutor.DiscardPolicy());
    private final AtomicBoolean pending = new AtomicBoolean();
    private volatile Options options;
    private volatile Settings settings;
    private volatile boolean started;

    /**
     * What the configuration says.
     *
     * @param canonicalRequestMode as written, see {@link CanonicalMode}
     * @param evilTwins whether new rules are challenged before they go live
     * @param snapshotFolder where rule snapshot files go (status.md section 9); empty: nowhere
     */
    public record Options(
            String canonicalRequestMode, boolean tolerateEncodedQuestionMark, boolean evilTwins, Optional<Path> snapshotFolder) {
        public Options {
            requireNonNull(canonicalRequestMode, "canonicalRequestMode");
            requireNonNull(snapshotFolder, "snapshotFolder");
        }
    }

    /** @param notices takes events of this engine, at once and from any thread */
    public PolicyEngine(Options options, Consumer<NoticeEvent> notices) {
        this.notices = requireNonNull(notices, "notices");
        this.options = options;
        this.settings = settings(options);
        this.policy = new LivePolicy(settings, Epochs::next, notices,
                rules -> this.options.snapshotFolder().ifPresent(folder -> RuleSnapshotFiles.write(folder, rules, Instant.now())));
    }

    /** Puts the rules of the sources known by now in force, before it returns. */
    public void start() {
        started = true;
        refreshSoon();
        runPending();
    }

    /** The snapshot in force. Never waits. */
    public CompiledPolicy snapshot() {
        return policy.snapshot();
    }

    /** Requests on which compat and strict disagreed. */
    public long divergences() {
        return divergences.sum();
    }

    public void add(PolicySource source, int ranking, long serviceId) {
        sources.add(source, ranking, serviceId, this::refreshSoon);
        refreshSoon();
    }

    public void remove(PolicySource source) {
        sources.remove(source);
        refreshSoon();
    }

    /** Takes a changed configuration over. */
    public void reconfigure(Options changed) {
        Options before = options;
        options = changed;
        boolean sameDecisions = before.canonicalRequestMode().equals(changed.canonicalRequestMode())
                && before.tolerateEncodedQuestionMark() == changed.tolerateEncodedQuestionMark();
        if (!sameDecisions) {
            settings = settings(changed);
        }
        refreshSoon();
    }

    /** Stops compiling. The last snapshot goes on answering. */
    @Override
    public void close() {
        started = false;
        compiler.shutdownNow();
    }

    private void refreshSoon() {
        if (started && pending.compareAndSet(false, true)) {
            compiler.execute(this::refresh);
        }
    }

    private void refresh() {
        // Cleared before the sources are read: a change after this line gets a refresh of its own.
        pending.set(false);
        PolicySources.Inputs inputs;
        try {
            inputs = sources.inputs();
        } catch (RuntimeException | LinkageError e) {
            // A source at fault, or one whose bundle is just being taken away.
            log.error("asking the policy sources failed", e);
            policy.refuse("asking the policy sources failed: " + e);
            return;
        }
        policy.refresh(inputs, settings, options.evilTwins() ? EvilTwins.GATE : Gate.OPEN);
    }

    private void runPending() {
        try {
            compiler.submit(() -> {}).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task does not fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Settings settings(Options options) {
        Optional<CanonicalMode> mode = CanonicalMode.parse(options.canonicalRequestMode());
        if (mode.isEmpty()) {
            log.warn("canonicalRequestMode: expected off, shadow or enforce, got {}: taken as shadow", options.canonicalRequestMode());
        }
        return new Settings(mode.orElse(CanonicalMode.SHADOW), options.tolerateEncodedQuestionMark(), this::diverged);
    }

    private void diverged(String line) {
        divergences.increment();
        notices.accept(new NoticeEvent(Instant.now(), NoticeEvent.Level.WARN, "proxy_authorizer", "CANON_DIVERGENCE", line));
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "countersign-policy");
        thread.setDaemon(true);
        return thread;
    }
}
