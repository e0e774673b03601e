package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import countersign.authorization.AccessRequest;
import countersign.authorization.Decision;
import countersign.authorization.PolicySnapshot;
import countersign.authorization.Stage;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.endpoint.EndpointMode;
import countersign.request.ExemptRequest;
import countersign.request.RequestGuard;
import java.util.Optional;
import java.util.function.Predicate;

/** One numbered policy: the compiled rule set of every destination, and the decision (authorization.md section 7). */
public final class CompiledPolicy implements PolicySnapshot {
    private final long epoch;
    private final Settings settings;
    private final DecisionIds ids;
    private final ItemSet items;
    private final Counsel counsel;

    /** Without remedies. */
    public CompiledPolicy(long epoch, Settings settings, DecisionIds ids, ItemSet items) {
        this(epoch, settings, ids, items, Counsel.NONE);
    }

    public CompiledPolicy(long epoch, Settings settings, DecisionIds ids, ItemSet items, Counsel counsel) {
        this.epoch = epoch;
        this.settings = requireNonNull(settings, "settings");
        this.ids = requireNonNull(ids, "ids");
        this.items = requireNonNull(items, "items");
        this.counsel = requireNonNull(counsel, "counsel");
    }

    @Override
    public long epoch() {
        return epoch;
    }

    public Settings settings() {
        return settings;
    }

    public ItemSet items() {
        return items;
    }

    @Override
    public Decision decide(AccessRequest request) {
        return decide(Facts.of(request), settings.mode().profile());
    }

    /** As {@link #decide(AccessRequest)} in a profile of the caller's choice. */
    public Decision decide(Facts facts, Profile profile) {
        Facts meant = settings.tolerateEncodedQuestionMark() ? FirstPartyClient.intended(facts) : facts;
        Canonical canonical = Canonicalizer.canonicalize(facts.method(), meant.target());
        Explainer explainer = new Explainer(ids, epoch, canonical, () -> counsel.remedy(meant, profile));
        Optional<RequestGuard.Violation> violation = RequestGuard.check(facts.method(), facts.target());
        if (violation.isPresent()) {
            return explainer.deny(violation.get() == RequestGuard.Violation.METHOD ? Stage.METHOD : Stage.TRAVERSAL);
        }
        if (isExempt(facts, profile)) {
            return explainer.allow(Stage.EXEMPT);
        }
        if (facts.destination().endpoint().isEmpty()) {
            boolean unknown = facts.destination() == Destination.OTHER && profile == Profile.COMPAT;
            return unknown ? explainer.allow(Stage.DESTINATION) : explainer.deny(Stage.DESTINATION);
        }
        if (facts.destination().elevatedOnly() && !facts.subject().elevated()) {
            return explainer.deny(Stage.ELEVATION);
        }
        Optional<CompiledItem> item = items.of(facts.destination());
        return item.isEmpty() ? explainer.allow(Stage.NO_RULES) : byRules(item.get(), facts, canonical, profile, explainer);
    }

    /**
     * What the canonical matcher alone says, as the reference runs it: {@code allow}, {@code deny} or {@code error:CODE}; empty when there
     * are no rules. For conformance vectors.
     */
    public Optional<String> canonicalDecision(Facts facts) {
        Canonical canonical = Canonicalizer.canonicalize(facts.method(), facts.target());
        return items.of(facts.destination()).map(item -> RuleEvaluator.canonical(item, canonical, facts.subject()).label());
    }

    /**
     * Whom the strict profile lets through its guards and rules with a target, before audit softens and apart from elevation and exemption.
     * The target is read once, for any number of callers. To be asked by one thread.
     *
     * @param target without fragment
     */
    public Predicate<Subject> strictlyAllowed(Destination destination, String method, String target) {
        Optional<CompiledItem> item = items.of(destination);
        boolean guarded = destination.endpoint().isPresent();
        Predicate<Subject> byRules = item.isEmpty() ? anybody -> guarded
                : RuleEvaluator.strictlyAllowed(
                        item.get(), new CompatRequest(target), Canonicalizer.canonicalize(method, target), destination.endpoint());
        return subject -> byRules.test(subject) && RequestGuard.check(method, target).isEmpty();
    }

    private Decision byRules(CompiledItem item, Facts facts, Canonical canonical, Profile profile, Explainer explainer) {
        CompatRequest request = new CompatRequest(facts.target());
        RuleVerdict verdict = profile == Profile.STRICT
                ? RuleEvaluator.strict(item, request, canonical, facts.destination().endpoint(), facts.subject())
                : RuleEvaluator.compat(item, request, facts.subject());
        reportDivergence(item, request, facts, canonical, profile, verdict);
        boolean audit = item.mode(profile) == EndpointMode.AUDIT;
        return explainer.byRules(facts, item, verdict, profile, audit);
    }

    private void reportDivergence(
            CompiledItem item, CompatRequest request, Facts facts, Canonical canonical, Profile profile, RuleVerdict verdict) {
        // Strict never allows what compat denies, so the second evaluation is only worth its time when it can come out differently.
        boolean canDiffer = profile == Profile.COMPAT
                ? verdict.allowed()
                : !verdict.allowed() && !(verdict.isDeniedByCompatMatcher() && item.isCompatMatcherAlike());
        if (settings.mode() == CanonicalMode.OFF || !canDiffer) {
            return;
        }
        RuleVerdict other = profile == Profile.STRICT
                ? RuleEvaluator.compat(item, request, facts.subject())
                : RuleEvaluator.strict(item, request, canonical, facts.destination().endpoint(), facts.subject());
        if (other.allowed() != verdict.allowed()) {
            RuleVerdict legacy = profile == Profile.STRICT ? other : verdict;
            RuleVerdict strict = profile == Profile.STRICT ? verdict : other;
            settings.divergences().accept(Divergence.line(settings.mode(), item.id(), legacy, strict, facts.target()));
        }
    }

    private static boolean isExempt(Facts facts, Profile profile) {
        if (!facts.subject().elevated() || ExemptRequest.of(facts.method(), facts.target()).isEmpty()) {
            return false;
        }
        // Q9: elsewhere nobody serves such requests, so there they are ordinary ones.
        Destination destination = facts.destination();
        return profile == Profile.COMPAT || destination == Destination.WIRESERVER || destination == Destination.HOSTGA;
    }
}
