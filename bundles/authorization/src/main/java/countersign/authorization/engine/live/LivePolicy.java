package countersign.authorization.engine.live;

import static java.util.Objects.requireNonNull;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.Finding;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.live.PolicySources.Inputs;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot in force. {@link #snapshot} may be called from any thread at any time; {@link #refresh} from one thread at a time, off the
 * request path. Until the first refresh, and when the first rules do not compile, everything is refused.
 */
final class LivePolicy {
    private static final Logger log = LoggerFactory.getLogger(LivePolicy.class);
    private static final int MOST_FINDINGS_LOGGED = 50;
    private static final String MODULE = "access_control";

    private final LongSupplier epochs;
    private final DecisionIds ids = new DecisionIds();
    private final Allowance counselTime = new Allowance(System::nanoTime);
    private final Consumer<NoticeEvent> notices;
    private final Consumer<PolicyCompiler.Result> onPublished;
    private volatile CompiledPolicy current;
    private PolicyCompiler.Result good;
    private Attempt last;
    private RuleDocument published = RuleDocument.EMPTY;

    /** What was compiled, or tried: the same is not tried twice. */
    private record Attempt(Inputs inputs, Settings settings, Gate gate) {}

    /**
     * @param epochs the next snapshot's number
     * @param onPublished told of rules that went live and differ from those before; after the fact, on the refreshing thread
     */
    LivePolicy(Settings settings, LongSupplier epochs, Consumer<NoticeEvent> notices, Consumer<PolicyCompiler.Result> onPublished) {
        this.epochs = requireNonNull(epochs, "epochs");
        this.notices = requireNonNull(notices, "notices");
        this.onPublished = requireNonNull(onPublished, "onPublished");
        CompiledItem refusal = new CompiledItem("unknown", false, Optional.of(EndpointMode.ENFORCE), List.of(), List.of(), new int[0][]);
        Optional<CompiledItem> everywhere = Optional.of(refusal);
        this.current = new CompiledPolicy(0, settings, ids, new ItemSet(everywhere, everywhere, everywhere));
    }

    CompiledPolicy snapshot() {
        return current;
    }

    /** Compiles what the sources say and puts it in force, unless it was tried before. Rules that fail leave the last good ones in force. */
    void refresh(Inputs inputs, Settings settings, Gate gate) {
        Attempt attempt = new Attempt(inputs, settings, gate);
        if (attempt.equals(last)) {
            return;
        }
        last = attempt;
        PolicyCompiler.Result result;
        try {
            result = PolicyCompiler.compile(inputs.document().orElse(RuleDocument.EMPTY), inputs.local());
            gate.check(new CompiledPolicy(0, settings, ids, result.items()));
        } catch (CompileException e) {
            refuse(settings, e.getMessage());
            return;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A fault of the compiler must cost no more than this one document.
            log.error("compiling rules failed", e);
            refuse(settings, "compiling failed: " + e);
            return;
        }
        publish(result, settings);
    }

    private void publish(PolicyCompiler.Result result, Settings settings) {
        CompiledPolicy next = new CompiledPolicy(epochs.getAsLong(), settings, ids, result.items(), new SnapshotCounsel(result, counselTime));
        good = result;
        current = next;
        report(next, result);
    }

    /** A mode that was changed meanwhile is no fault of the document: the last good rules go on under it. */
    private void refuse(Settings settings, String reason) {
        if (good != null && !settings.equals(current.settings())) {
            publish(good, settings);
        }
        refuse(reason);
    }

    private void report(CompiledPolicy next, PolicyCompiler.Result result) {
        result.findings().stream().limit(MOST_FINDINGS_LOGGED).forEach(this::report);
        if (result.findings().size() > MOST_FINDINGS_LOGGED) {
            log.warn("{} more remarks on these rules", result.findings().size() - MOST_FINDINGS_LOGGED);
        }
        String text = "epoch " + next.epoch() + ", " + next.settings().mode() + ", imds " + id(result.items().imds()) + ", wireserver "
                + id(result.items().wireserver()) + ", hostga " + id(result.items().hostga());
        log.info("rules in force: {}", text);
        notice(NoticeEvent.Level.INFO, "PolicyPublished", text);
        if (!result.effective().equals(published)) {
            published = result.effective();
            try {
                onPublished.accept(result);
            } catch (RuntimeException e) {
                log.error("the rules are in force, but not all that was to be told of them was", e);
            }
        }
    }

    private void report(Finding finding) {
        if (finding.level() == Finding.Level.ERROR) {
            log.error("{}", finding);
            notice(NoticeEvent.Level.ERROR, "PolicyFinding", finding.toString());
        } else {
            log.warn("{}", finding);
        }
    }

    /** Reports that the rules in force stay. */
    void refuse(String reason) {
        String text = "new rules refused, epoch " + current.epoch() + " stays in force: " + reason;
        log.error("{}", text);
        notice(NoticeEvent.Level.ERROR, "PolicyRefused", text);
    }

    private void notice(NoticeEvent.Level level, String name, String text) {
        notices.accept(new NoticeEvent(Instant.now(), level, MODULE, name, text));
    }

    private static String id(Optional<CompiledItem> item) {
        return item.map(CompiledItem::id).orElse("without rules");
    }
}
