package countersign.authorization.engine.live;

import countersign.policy.PolicyContribution;
import countersign.policy.PolicySource;
import countersign.policy.RuleDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The policy sources there are, ranked. Of each kind of contribution the highest-ranked source that has one counts. When none has one any
 * more, the last one stays in force: a source that is being replaced, or has failed, must not open a door. Safe from any thread.
 */
final class PolicySources {
    private final List<Ranked> sources = new ArrayList<>();
    private Optional<RuleDocument> document = Optional.empty();
    private Optional<PolicyContribution.Local> local = Optional.empty();

    private record Ranked(PolicySource source, int ranking, long serviceId, PolicySource.Subscription subscription) {}

    /** What the sources say together; a missing document means that no host ever sent rules. */
    record Inputs(Optional<RuleDocument> document, Optional<PolicyContribution.Local> local) {}

    /** Adds a source and subscribes to it. */
    void add(PolicySource source, int ranking, long serviceId, Runnable onChange) {
        Ranked ranked = new Ranked(source, ranking, serviceId, source.subscribe(onChange));
        synchronized (this) {
            sources.add(ranked);
            // As OSGi ranks services: higher ranking first, of equal ones the older.
            sources.sort(Comparator.comparingInt(Ranked::ranking).reversed().thenComparingLong(Ranked::serviceId));
        }
    }

    /** Ends the subscription and forgets the source. */
    void remove(PolicySource source) {
        Optional<Ranked> leaving;
        synchronized (this) {
            leaving = sources.stream().filter(ranked -> ranked.source == source).findFirst();
            leaving.ifPresent(sources::remove);
        }
        leaving.ifPresent(ranked -> ranked.subscription.close());
    }

    synchronized Inputs inputs() {
        document = best(PolicyContribution.Host.class).map(PolicyContribution.Host::document).or(() -> document);
        local = best(PolicyContribution.Local.class).or(() -> local);
        return new Inputs(document, local);
    }

    private <T extends PolicyContribution> Optional<T> best(Class<T> kind) {
        return sources.stream().flatMap(ranked -> ranked.source.current().stream()).filter(kind::isInstance).map(kind::cast).findFirst();
    }
}
