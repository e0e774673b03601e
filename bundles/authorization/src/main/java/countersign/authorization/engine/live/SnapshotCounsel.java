package countersign.authorization.engine.live;

import static java.util.Objects.requireNonNull;

import countersign.authorization.Proposal;
import countersign.authorization.Remedy;
import countersign.authorization.engine.advice.Advice;
import countersign.authorization.engine.advice.Advisor;
import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.advice.SideEffect;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.Counsel;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remedies for what one snapshot refuses. A proposal is worked out by the thread that asks for it, once for equal requests, and only while
 * the allowance lasts, so that no flood of refusals costs more than that. Safe from any thread.
 */
final class SnapshotCounsel implements Counsel {
    static final int REMEMBERED = 256;
    static final int LONGEST_TARGET = 2048;
    private static final String ASK = "; countersign policy explain --decision works it out";

    private final PolicyCompiler.Result rules;
    private final Allowance allowance;
    private final Map<Refused, Proposal> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Refused, Proposal> eldest) {
            return size() > REMEMBERED;
        }
    };

    private record Refused(Facts facts, Profile profile) {}

    SnapshotCounsel(PolicyCompiler.Result rules, Allowance allowance) {
        this.rules = requireNonNull(rules, "rules");
        this.allowance = requireNonNull(allowance, "allowance");
    }

    @Override
    public Remedy remedy(Facts facts, Profile profile) {
        return new Later(this, new Refused(facts, profile));
    }

    /** Lets go of the snapshot once it has its answer: events can outlive many snapshots. */
    private static final class Later implements Remedy {
        private SnapshotCounsel counsel;
        private Refused refused;
        private Proposal answer;

        Later(SnapshotCounsel counsel, Refused refused) {
            this.counsel = counsel;
            this.refused = refused;
        }

        @Override
        public synchronized Optional<Proposal> proposal() {
            if (answer == null) {
                answer = answer();
                counsel = null;
                refused = null;
            }
            return Optional.of(answer);
        }

        private Proposal answer() {
            try {
                return counsel.propose(refused);
            } catch (RuntimeException | LinkageError e) {
                // A fault, or this bundle was replaced before its last classes were loaded: the event matters more.
                return new Proposal.LeftOut("working it out failed: " + e);
            }
        }
    }

    private Proposal propose(Refused refused) {
        if (refused.facts.target().length() > LONGEST_TARGET) {
            return new Proposal.LeftOut("the target is longer than " + LONGEST_TARGET + " characters" + ASK);
        }
        synchronized (known) {
            Proposal proposal = known.get(refused);
            if (proposal == null) {
                proposal = allowance.spend(() -> advise(refused)).orElse(null);
                if (proposal == null) {
                    return new Proposal.LeftOut("too many different requests are being refused" + ASK);
                }
                known.put(refused, proposal);
            }
            return proposal;
        }
    }

    private Proposal advise(Refused refused) {
        Advice advice = Advisor.of(rules, refused.facts.destination(), refused.profile).advise(refused.facts);
        if (advice instanceof Advice.Change found) {
            RuleChange change = found.change();
            return new Proposal.Change(change.additions(), texts(change.alsoAllows()), texts(change.alsoRefuses()));
        }
        return new Proposal.None(((Advice.None) advice).reason());
    }

    private static List<String> texts(List<SideEffect> effects) {
        return effects.stream().map(SideEffect::text).toList();
    }
}
