package countersign.authorization.engine.decision;

import countersign.authorization.Decision;
import countersign.authorization.Explanation;
import countersign.authorization.IdentityMismatch;
import countersign.authorization.Remedy;
import countersign.authorization.Stage;
import countersign.authorization.engine.canonical.Canonical;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Puts a decision into words: cheap when it allows, bounded when it denies. One object per decision. */
final class Explainer {
    private static final int MOST_MISMATCHES = 16;

    private final DecisionIds ids;
    private final long epoch;
    private final Canonical canonical;
    private final Supplier<Remedy> remedy;

    /** @param remedy asked once when the request is refused */
    Explainer(DecisionIds ids, long epoch, Canonical canonical, Supplier<Remedy> remedy) {
        this.ids = ids;
        this.epoch = epoch;
        this.canonical = canonical;
        this.remedy = remedy;
    }

    Decision allow(Stage stage) {
        return new Decision.Allow(plain(stage, Remedy.NONE));
    }

    Decision deny(Stage stage) {
        return new Decision.Deny(plain(stage, remedy.get()));
    }

    Decision byRules(Facts facts, CompiledItem item, RuleVerdict verdict, Profile profile, boolean audit) {
        Explanation explanation = new Explanation(
                ids.next(),
                verdict.error() == null ? Stage.RULES : Stage.CANONICAL,
                epoch,
                facts.destination().service(),
                item.id(),
                verdict.error() == null ? canonicalPath() : verdict.error().code(),
                privilege(item, verdict),
                holder(item, verdict),
                mismatches(item, verdict, facts.subject(), profile),
                verdict.allowed() ? Remedy.NONE : remedy.get());
        if (verdict.allowed()) {
            return new Decision.Allow(explanation);
        }
        return audit ? new Decision.AllowAudited(explanation) : new Decision.Deny(explanation);
    }

    private Explanation plain(Stage stage, Remedy remedyIfAny) {
        return new Explanation(
                ids.next(), stage, epoch, "", "", canonicalPath(), Optional.empty(), Optional.empty(), List.of(), remedyIfAny);
    }

    private String canonicalPath() {
        return canonical instanceof Canonical.Form form ? form.path().text() : ((Canonical.Refused) canonical).error().code();
    }

    private static Optional<String> privilege(CompiledItem item, RuleVerdict verdict) {
        Evaluation evaluation = verdict.evaluation();
        if (evaluation == null) {
            return Optional.empty();
        }
        if (evaluation.granted() >= 0) {
            return Optional.of(item.privileges().get(evaluation.granted()).name());
        }
        int[] matched = evaluation.matched();
        return matched.length == 0 ? Optional.empty() : Optional.of(item.privileges().get(matched[0]).name());
    }

    private static Optional<String> holder(CompiledItem item, RuleVerdict verdict) {
        Evaluation evaluation = verdict.evaluation();
        boolean held = evaluation != null && evaluation.holder() >= 0;
        return held ? Optional.of(item.identity(evaluation.holder()).identity().name()) : Optional.empty();
    }

    private static List<IdentityMismatch> mismatches(CompiledItem item, RuleVerdict verdict, Subject subject, Profile profile) {
        if (verdict.allowed() || verdict.evaluation() == null) {
            return List.of();
        }
        List<IdentityMismatch> mismatches = new ArrayList<>();
        for (int privilege : verdict.evaluation().matched()) {
            String name = item.privileges().get(privilege).name();
            for (int holder : item.holders(privilege)) {
                if (mismatches.size() == MOST_MISMATCHES) {
                    return mismatches;
                }
                IdentityRule rule = item.identity(holder);
                rule.firstMismatch(subject, profile).ifPresent(selector ->
                        mismatches.add(new IdentityMismatch(name, rule.identity().name(), selector.member(), rule.text(selector))));
            }
        }
        return mismatches;
    }
}
