package countersign.authorization.engine.proof;

import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.advice.SideEffect;
import countersign.authorization.engine.advice.SideEffect.Kind;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.CompatRequest;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.IdentityRule;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Subject;
import countersign.policy.Identity;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a proposal says that it cannot separate from the request it is for: every attribute in which another request differs must be named. */
final class Separation {
    private final Facts request;
    private final RuleChange change;
    private final CompiledItem before;
    private final Profile profile;

    Separation(Facts request, RuleChange change, CompiledPolicy before, Profile profile) {
        this.request = request;
        this.change = change;
        this.before = before.items().imds().orElseThrow();
        this.profile = profile;
    }

    /** Whether the other request differs in nothing that is judged. */
    boolean isTheSame(Facts other) {
        Subject one = request.subject();
        Subject two = other.subject();
        return request.method().equals(other.method())
                && one.equals(new Subject(two.userName(), two.groups(), one.exePath(), two.processName(), two.elevated()))
                && sameProgram(one.exePath(), two.exePath())
                && compat(request).path().equals(compat(other).path()) && compat(request).query().equals(compat(other).query())
                && (profile == Profile.COMPAT || canonical(request).equals(canonical(other)));
    }

    boolean namesAllowed(Facts other) {
        return (request.method().equals(other.method()) || names(Kind.METHODS))
                && (namesCaller(other.subject()) || isKept(other.subject()))
                && namesTarget(other);
    }

    boolean namesRefused(Facts other) {
        return profile == Profile.STRICT && canonical(other) instanceof Canonical.Form form
                && (isBelow(form) && repeats(form) || names(Kind.DEFAULT_ONLY) && passedByDefault(other, form));
    }

    private boolean namesCaller(Subject other) {
        Subject one = request.subject();
        Set<String> groups = new HashSet<>(one.groups());
        // One of the groups, if there is any, can be demanded: the first.
        boolean mayHaveGroups = names(Kind.GROUPS) && (groups.isEmpty() || other.groups().contains(one.groups().get(0)));
        return (one.userName().equals(other.userName()) || names(Kind.USERS))
                && (groups.equals(new HashSet<>(other.groups())) || mayHaveGroups)
                && (sameProgram(one.exePath(), other.exePath()) || names(Kind.PROGRAMS) || names(Kind.PROGRAMS_OF_THAT_NAME))
                && (one.processName().equals(other.processName()) || names(Kind.PROGRAMS) || names(Kind.PROCESS_NAMES))
                && (one.elevated() == other.elevated() || names(Kind.ELEVATION));
    }

    private boolean isKept(Subject other) {
        return change.alsoAllows().stream()
                .filter(effect -> effect.kind() == Kind.KEPT)
                .flatMap(effect -> Arrays.stream(effect.subject().split(", ")))
                .anyMatch(name -> before.identities().stream()
                        .anyMatch(rule -> rule.identity().name().equals(name) && rule.matches(other, profile)));
    }

    private boolean namesTarget(Facts other) {
        CompatRequest mine = compat(request);
        CompatRequest theirs = compat(other);
        boolean inCompat = theirs.path().startsWith(mine.path()) && hasPairs(mine.query(), theirs.query(), true);
        if (profile == Profile.COMPAT) {
            return inCompat && (mine.path().equals(theirs.path()) || names(Kind.PATHS_BEGINNING));
        }
        if (!(canonical(other) instanceof Canonical.Form form)) {
            return false;
        }
        boolean inCanonical = isBelow(form) && hasPairs(form().query(), form.query(), false);
        boolean misread = names(Kind.MISREAD) && isMisread(form);
        if (inCompat && inCanonical) {
            return names(Kind.PATHS_BELOW) || names(Kind.PATHS_BELOW_IN_ONE_READING) || names(Kind.PATHS_BEGINNING);
        }
        boolean asCharacters = inCompat && !isBelow(form) && before.defaultAllow();
        return (inCompat || inCanonical) && names(asCharacters ? Kind.PATHS_BEGINNING : Kind.ONE_READING) || misread;
    }

    /** @param asRulesRead whether the keys are the compat matcher's, of which the canonical one may make others */
    private boolean hasPairs(Map<String, List<String>> mine, Map<String, List<String>> theirs, boolean asRulesRead) {
        return (mine.keySet().containsAll(theirs.keySet()) || names(Kind.FURTHER_PARAMETERS)) && mine.entrySet().stream().allMatch(entry ->
                theirs.getOrDefault(entry.getKey(), List.of()).contains(entry.getValue().get(0))
                        || isOpen(asRulesRead ? canonicalKey(entry.getKey()) : entry.getKey()));
    }

    private static String canonicalKey(String key) {
        return Canonicalizer.pattern("/", key) instanceof Canonical.Form form && !form.query().isEmpty() ? form.query().keySet().iterator().next() : key;
    }

    private boolean isOpen(String key) {
        return change.alsoAllows().contains(new SideEffect(Kind.PARAMETER, key));
    }

    private boolean isMisread(Canonical.Form form) {
        String text = change.alsoAllows().stream().filter(effect -> effect.kind() == Kind.MISREAD).findFirst().orElseThrow().subject();
        Canonical.Form taken = (Canonical.Form) Canonicalizer.canonicalize("GET", text);
        return isBelow(taken.path().segments(), form) && hasPairs(taken.query(), form.query(), false);
    }

    private boolean repeats(Canonical.Form form) {
        Set<String> named = change.alsoRefuses().stream()
                .filter(effect -> effect.kind() == Kind.REPEATED_PARAMETERS)
                .flatMap(effect -> Arrays.stream(effect.subject().split(", ", -1)))
                .collect(Collectors.toSet());
        return form.query().entrySet().stream().anyMatch(entry -> named.contains(entry.getKey()) && Set.copyOf(entry.getValue()).size() > 1);
    }

    private boolean passedByDefault(Facts other, Canonical.Form form) {
        return compat(other).path().startsWith(compat(request).path()) && before.nothingMatchesInCompat(other)
                || isBelow(form) && before.nothingMatchesInCanonical(other);
    }

    private boolean isBelow(Canonical.Form form) {
        return isBelow(form().path().segments(), form);
    }

    private static boolean isBelow(List<String> path, Canonical.Form form) {
        List<String> other = form.path().segments();
        return other.size() >= path.size() && other.subList(0, path.size()).equals(path);
    }

    private Canonical.Form form() {
        return (Canonical.Form) canonical(request);
    }

    private boolean names(Kind kind) {
        return Stream.concat(change.alsoAllows().stream(), change.alsoRefuses().stream()).anyMatch(effect -> effect.kind() == kind);
    }

    private static boolean sameProgram(String one, String two) {
        return new IdentityRule(new Identity("", Optional.empty(), Optional.empty(), Optional.of(one), Optional.empty()))
                .matches(new Subject("", List.of(), two, "", false), Profile.COMPAT);
    }

    private static CompatRequest compat(Facts facts) {
        return new CompatRequest(facts.target());
    }

    private static Canonical canonical(Facts facts) {
        return Canonicalizer.canonicalize(facts.method(), facts.target());
    }
}
