package countersign.authorization.engine.advice;

import static java.util.Objects.requireNonNull;

import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompatRequest;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.IdentityRule;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import countersign.rules.json.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the smallest rule change that lets a refused request pass: a privilege for exactly its path and parameters, held by an identity for
 * exactly its caller. Each candidate is compiled and tried before it is proposed.
 */
public final class Advisor {
    private final RuleItem item;
    private final Profile profile;
    private final CompiledItem compiled;

    /**
     * @param item the rules in force, local files merged
     * @throws CompileException when they do not compile
     */
    public Advisor(RuleItem item, Profile profile) throws CompileException {
        this.item = requireNonNull(item, "item");
        this.profile = requireNonNull(profile, "profile");
        this.compiled = PolicyCompiler.compile("", item, new ArrayList<>());
    }

    public Advice advise(Facts facts) {
        Decision decision = decide(compiled, facts);
        Optional<String> hopeless = hopeless(facts, decision);
        if (hopeless.isPresent()) {
            return new Advice.None(hopeless.get());
        }
        Optional<Identity> caller = CallerSelectors.of(facts.subject(), profile);
        if (caller.isEmpty()) {
            return new Advice.None("nothing is known about the caller that a rule could select, and a rule for everybody is no answer");
        }
        for (String path : paths(facts)) {
            Optional<RuleChange> change = tried(facts, path, caller.get());
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

    /** Paths for the privilege, the narrowest first. */
    private List<String> paths(Facts facts) {
        String path = new CompatRequest(facts.target()).path();
        List<String> paths = new ArrayList<>();
        if (profile == Profile.STRICT && path.length() > 1 && isRefusedByCanonicalMatcherOnly(facts)) {
            // Without its leading slash a path means the same to the canonical matcher and nothing to the other one, which need not change.
            paths.add(path.substring(1));
        }
        paths.add(path);
        return paths;
    }

    private boolean isRefusedByCanonicalMatcherOnly(Facts facts) {
        return facts.target().startsWith("/") && compiled.defaultAllow() && compiled.nothingMatchesInCompat(facts);
    }

    private Optional<RuleChange> tried(Facts facts, String path, Identity caller) {
        RuleChange change = change(facts, path, caller, List.of());
        Optional<CompiledItem> changed = compile(change);
        if (changed.isEmpty() || !(decide(changed.get(), facts) instanceof Decision.Allow)) {
            return Optional.empty();
        }
        List<String> losers = losers(facts, changed.get());
        return Optional.of(losers.isEmpty() ? change : change(facts, path, caller, losers));
    }

    /**
     * Identities that had access by the default of one matcher and would lose it, because the new privilege now matches there: they must hold
     * it too.
     */
    private List<String> losers(Facts facts, CompiledItem changed) {
        List<String> losers = new ArrayList<>();
        for (IdentityRule rule : compiled.identities()) {
            Facts theirs = new Facts(facts.destination(), facts.method(), facts.target(), rule.specimen());
            if (decide(compiled, theirs) instanceof Decision.Allow && !(decide(changed, theirs) instanceof Decision.Allow)) {
                losers.add(rule.identity().name());
            }
        }
        return losers;
    }

    private RuleChange change(Facts facts, String path, Identity caller, List<String> others) {
        FreshNames names = new FreshNames(item);
        Constraints constraints = constraints(facts);
        Existing existing = new Existing(item);
        Optional<String> knownPrivilege = existing.privilege(path, constraints.texts());
        String privilege = knownPrivilege.orElseGet(() -> names.fresh("allow-path"));
        Optional<String> knownRole = knownPrivilege.flatMap(existing::roleOfOnly);
        String role = knownRole.orElseGet(() -> names.fresh("allow-role"));
        Optional<String> knownIdentity = existing.identity(caller);
        String identity = knownIdentity.orElseGet(() -> names.fresh("allow-caller"));
        List<String> holders = new ArrayList<>(List.of(identity));
        others.stream().filter(other -> !other.equals(identity)).forEach(holders::add);
        return new RuleChange(
                knownPrivilege.isPresent() ? Optional.empty() : Optional.of(new Privilege(privilege, path, constraints.texts())),
                knownRole.isPresent() ? Optional.empty() : Optional.of(new Role(role, List.of(privilege))),
                knownIdentity.isPresent() ? Optional.empty() : Optional.of(CallerSelectors.named(identity, caller)),
                new RoleAssignment(role, holders),
                alsoAllows(path, constraints, caller),
                knownPrivilege.isPresent() ? List.of() : alsoRefuses(path, constraints));
    }

    /**
     * The request's parameters as constraints.
     *
     * @param texts key and value as a rule writes them
     * @param open keys whose value no constraint can name in this profile
     */
    private record Constraints(Map<String, String> texts, List<String> open) {}

    private Constraints constraints(Facts facts) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> open = new ArrayList<>();
        new CompatRequest(facts.target()).query().forEach((key, values) -> {
            if (profile == Profile.COMPAT || isReadAlike(facts, key, values.get(0))) {
                texts.put(key, values.get(0));
            } else {
                open.add(key);
            }
        });
        return new Constraints(texts, open);
    }

    /** Whether the canonical matcher reads a constraint as the compat matcher does, and the request fulfils it there. */
    private static boolean isReadAlike(Facts facts, String key, String value) {
        boolean takenApart = key.indexOf('&') >= 0 || key.indexOf('=') >= 0 || value.indexOf('&') >= 0;
        Canonical request = Canonicalizer.canonicalize(facts.method(), facts.target());
        Canonical pattern = Canonicalizer.pattern("/", key + '=' + value);
        return !takenApart
                && request instanceof Canonical.Form asked
                && pattern instanceof Canonical.Form required
                && required.query().size() == 1
                && required.query().entrySet().stream().allMatch(entry ->
                        asked.query().containsKey(entry.getKey())
                                && asked.query().get(entry.getKey()).stream().distinct().toList().equals(entry.getValue()));
    }

    private List<String> alsoAllows(String path, Constraints constraints, Identity caller) {
        List<String> also = new ArrayList<>();
        // Under an allow default one matcher may pass what the other restricts, and that one compares characters.
        also.add(profile == Profile.STRICT && !compiled.defaultAllow()
                ? "every path below " + Text.quote(path)
                : "every path that begins with " + Text.quote(path) + ", with or without a slash after it");
        also.add("every method, and any further parameters");
        constraints.open().forEach(key -> also.add("any value of the parameter " + Text.quote(key)));
        if (caller.groupName().isPresent()) {
            also.add("the same caller whatever other groups it is in");
        }
        if (caller.userName().isEmpty()) {
            also.add("any user whose other attributes are the same");
        }
        if (caller.exePath().isEmpty()) {
            also.add("any program" + (caller.processName().isPresent() ? " of that name" : "") + " of that user");
        }
        return also;
    }

    private List<String> alsoRefuses(String path, Constraints constraints) {
        return profile == Profile.STRICT && !constraints.texts().isEmpty()
                ? List.of("requests at and below " + Text.quote(path) + " that repeat one of the parameters "
                        + String.join(", ", constraints.texts().keySet()) + " with different values")
                : List.of();
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
