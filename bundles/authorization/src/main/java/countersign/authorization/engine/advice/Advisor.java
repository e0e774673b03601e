package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.authorization.engine.advice.SideEffect.Kind;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.IdentityRule;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.endpoint.EndpointMode;
import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import countersign.rules.json.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the smallest rule change that lets a refused request pass: privileges for exactly its path and parameters, held by an identity for
 * exactly its caller. Each candidate is compiled and tried before it is proposed. What the rule language cannot separate from the request is
 * named.
 */
public final class Advisor {
    private static final RuleItem OPEN = new RuleItem("allow", "enforce", "", Optional.empty());

    private final RuleItem item;
    private final Profile profile;
    private final CompiledItem compiled;

    /** @param compiled what {@code item} compiles to; the item has its local rules merged */
    public Advisor(RuleItem item, CompiledItem compiled, Profile profile) {
        this.item = requireNonNull(item, "item");
        this.compiled = requireNonNull(compiled, "compiled");
        this.profile = requireNonNull(profile, "profile");
    }

    /** For the rules that a destination follows; where it follows none, rules are not what refuses. */
    public static Advisor of(PolicyCompiler.Result rules, Destination destination, Profile profile) {
        RuleItem item = rules.effective(destination).orElse(OPEN);
        CompiledItem compiled = rules.items().of(destination).orElseGet(() ->
                new CompiledItem("", true, Optional.of(EndpointMode.ENFORCE), List.of(), List.of(), new int[0][]));
        return new Advisor(item, compiled, profile);
    }

    public Advice advise(Facts facts) {
        Optional<String> hopeless = hopeless(facts, decide(compiled, facts));
        if (hopeless.isPresent()) {
            return new Advice.None(hopeless.get());
        }
        Optional<Identity> caller = CallerSelectors.of(facts.subject(), profile);
        if (caller.isEmpty()) {
            return new Advice.None("nothing is known about the caller that a rule could select, and a rule for everybody is no answer");
        }
        for (Wording wording : wordings(facts)) {
            Optional<RuleChange> change = tried(facts, wording, caller.get());
            if (change.isPresent()) {
                return new Advice.Change(change.get());
            }
        }
        return new Advice.None("no rule can name exactly this path and caller; one for a path above it would let more pass than this request");
    }

    private static Optional<String> hopeless(Facts facts, Decision decision) {
        if (decision instanceof Decision.Allow) {
            return Optional.of("the request is allowed");
        }
        Stage stage = decision.explanation().stage();
        return switch (stage) {
            case RULES -> Optional.empty();
            case METHOD -> Optional.of("no rule can allow the method " + Text.quote(facts.method()));
            case TRAVERSAL -> Optional.of("no rule can allow a path with // or ..");
            case DESTINATION -> Optional.of("no rule can allow this destination");
            case ELEVATION -> Optional.of("no rule can allow a caller that is not elevated to reach this endpoint");
            case CANONICAL -> Optional.of("no rule can allow this target (" + decision.explanation().canonicalPath() + ")");
            case EXEMPT, NO_RULES -> throw new IllegalStateException("stage " + stage + " never refuses");
        };
    }

    /** The narrowest first. */
    private List<Wording> wordings(Facts facts) {
        if (profile == Profile.COMPAT) {
            return List.of(Wording.compat(facts));
        }
        // Where one matcher lets it pass already, nothing more needs to match there.
        Wording both = Wording.strict(facts);
        return List.of(compiled.allows(facts, Profile.COMPAT) ? Wording.canonical(facts) : both.withoutSecond(), both);
    }

    private Optional<RuleChange> tried(Facts facts, Wording wording, Identity caller) {
        RuleChange change = change(facts, wording, caller, List.of());
        Optional<CompiledItem> changed = compile(change);
        if (changed.isEmpty() || !(decide(changed.get(), facts) instanceof Decision.Allow)) {
            return Optional.empty();
        }
        List<String> losers = losers(facts, changed.get());
        return Optional.of(losers.isEmpty() ? change : change(facts, wording, caller, losers));
    }

    /**
     * Identities that had access by the default of one matcher and would lose it, because a new privilege now matches there: they must hold
     * it too.
     */
    private List<String> losers(Facts facts, CompiledItem changed) {
        if (profile == Profile.COMPAT || !compiled.defaultAllow()) {
            return List.of();
        }
        List<String> losers = new ArrayList<>();
        for (IdentityRule rule : compiled.identities()) {
            Facts theirs = new Facts(facts.destination(), facts.method(), facts.target(), rule.specimen());
            if (decide(compiled, theirs) instanceof Decision.Allow && !(decide(changed, theirs) instanceof Decision.Allow)) {
                losers.add(rule.identity().name());
            }
        }
        return losers;
    }

    private RuleChange change(Facts facts, Wording wording, Identity caller, List<String> others) {
        FreshNames names = new FreshNames(item);
        Existing existing = new Existing(item);
        List<Privilege> added = new ArrayList<>();
        List<String> privileges = new ArrayList<>();
        for (Privilege wanted : wording.privileges()) {
            privileges.add(existing.privilege(wanted).orElseGet(() -> {
                added.add(new Privilege(names.fresh("allow-path"), wanted.path(), wanted.queryParameters()));
                return added.get(added.size() - 1).name();
            }));
        }
        Optional<String> knownRole = existing.roleOfOnly(privileges);
        String role = knownRole.orElseGet(() -> names.fresh("allow-role"));
        Optional<String> knownIdentity = existing.identity(caller);
        String identity = knownIdentity.orElseGet(() -> names.fresh("allow-caller"));
        List<String> holders = new ArrayList<>(List.of(identity));
        others.stream().filter(other -> !other.equals(identity)).forEach(holders::add);
        AccessControlRules additions = new AccessControlRules(
                added.isEmpty() ? Optional.empty() : Optional.of(added),
                knownRole.isPresent() ? Optional.empty() : Optional.of(List.of(new Role(role, privileges))),
                knownIdentity.isPresent() ? Optional.empty() : Optional.of(List.of(CallerSelectors.named(identity, caller))),
                Optional.of(List.of(new RoleAssignment(role, holders))));
        return new RuleChange(additions, alsoAllows(facts, wording, caller, others), alsoRefuses(facts, wording, added));
    }

    private List<SideEffect> alsoAllows(Facts facts, Wording wording, Identity caller, List<String> others) {
        List<SideEffect> also = new ArrayList<>();
        also.add(new SideEffect(paths(wording), wording.path()));
        if (profile == Profile.STRICT) {
            if (compiled.defaultAllow() || compiled.isAnythingHeld()) {
                also.add(SideEffect.of(Kind.ONE_READING));
            }
            wording.misread().ifPresent(other -> also.add(new SideEffect(Kind.MISREAD, other)));
        }
        also.add(SideEffect.of(Kind.METHODS));
        also.add(SideEffect.of(Kind.FURTHER_PARAMETERS));
        wording.open().forEach(key -> also.add(new SideEffect(Kind.PARAMETER, key)));
        also.add(SideEffect.of(Kind.GROUPS));
        if (facts.destination() == Destination.IMDS) {
            also.add(SideEffect.of(Kind.ELEVATION));
        }
        if (caller.userName().isEmpty()) {
            also.add(SideEffect.of(Kind.USERS));
        }
        if (caller.exePath().isEmpty()) {
            also.add(SideEffect.of(caller.processName().isPresent() ? Kind.PROGRAMS_OF_THAT_NAME : Kind.PROGRAMS));
        } else if (caller.processName().isEmpty()) {
            also.add(SideEffect.of(Kind.PROCESS_NAMES));
        }
        if (!others.isEmpty()) {
            also.add(new SideEffect(Kind.KEPT, String.join(", ", others)));
        }
        return also;
    }

    private Kind paths(Wording wording) {
        if (profile == Profile.COMPAT) {
            return Kind.PATHS_BEGINNING;
        }
        if (!wording.isForCompat()) {
            return Kind.PATHS_BELOW_IN_ONE_READING;
        }
        // Under an allow default the canonical matcher may pass what the other one restricts, and that one compares characters.
        return compiled.defaultAllow() ? Kind.PATHS_BEGINNING : Kind.PATHS_BELOW;
    }

    private List<SideEffect> alsoRefuses(Facts facts, Wording wording, List<Privilege> added) {
        if (profile == Profile.COMPAT) {
            return List.of();
        }
        List<SideEffect> also = new ArrayList<>();
        Set<String> constrained = new TreeSet<>();
        added.forEach(privilege -> PolicyCompiler.compile(privilege).pattern().ifPresent(pattern -> constrained.addAll(pattern.required().keySet())));
        if (!constrained.isEmpty()) {
            also.add(new SideEffect(Kind.REPEATED_PARAMETERS, String.join(", ", constrained)));
        }
        // Where something matches already that asks for no more than the new privileges, they restrict nothing anew.
        boolean matchedBefore = !compiled.nothingMatchesInCanonical(facts)
                && !(wording.isForCompat() && compiled.nothingMatchesInCompat(facts))
                && wording.open().isEmpty()
                && !wording.isMisread();
        if (compiled.defaultAllow() && !added.isEmpty() && !matchedBefore) {
            also.add(SideEffect.of(Kind.DEFAULT_ONLY));
        }
        return also;
    }

    private Optional<CompiledItem> compile(RuleChange change) {
        try {
            return Optional.of(PolicyCompiler.compile("", change.applyTo(item), new ArrayList<>()));
        } catch (CompileException e) {
            return Optional.empty();
        }
    }

    private Decision decide(CompiledItem rules, Facts facts) {
        Optional<CompiledItem> everywhere = Optional.of(rules);
        return new CompiledPolicy(0, Settings.of(CanonicalMode.OFF), new DecisionIds("advice"), new ItemSet(everywhere, everywhere, everywhere))
                .decide(facts, profile);
    }
}
