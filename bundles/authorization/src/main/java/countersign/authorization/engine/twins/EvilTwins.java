package countersign.authorization.engine.twins;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalPath;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.PrivilegeRule;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.authorization.engine.live.Gate;
import countersign.authorization.engine.twins.Twins.Meaning;
import countersign.endpoint.EndpointMode;
import countersign.rules.json.Text;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Challenges each privilege of new rules with other spellings of the paths it covers and of their neighbours, in the strict profile: a spelling
 * may be let through only when what it means is let through. For a caller who holds the privilege, who must not get further than that, and
 * for one who holds nothing, whom no default may let pass where the plain path would not. Stateless; safe from any thread.
 */
public final class EvilTwins {
    /** The challenge of the real engine. */
    public static final Gate GATE = policy -> check(policy.items());

    private static final int WORTH_SPREADING = 100;

    private final Destination destination;
    private final CompiledItem item;
    private final Judge judge;
    private final Set<String> paths = new HashSet<>();

    /** Who decides: the engine, or a flawed one in tests. */
    @FunctionalInterface
    interface Judge {
        /** Reads a target, once for all callers, and says whom it lets through. */
        Predicate<Subject> read(String target);
    }

    /** @throws CompileException naming the privilege and the spelling that would get through */
    public static void check(ItemSet items) throws CompileException {
        CompiledPolicy policy = new CompiledPolicy(0, Settings.of(CanonicalMode.ENFORCE), new DecisionIds("twin"), items);
        for (Destination destination : List.of(Destination.IMDS, Destination.WIRESERVER, Destination.HOSTGA)) {
            Optional<CompiledItem> item = items.of(destination);
            boolean shared = destination == Destination.HOSTGA && item.isPresent()
                    && item.get().privileges() == items.wireserver().orElseThrow().privileges();
            if (item.isPresent() && !shared && item.get().mode(Profile.STRICT) != EndpointMode.DISABLED) {
                check(destination, item.get(), target -> policy.strictlyAllowed(destination, "GET", target));
            }
        }
    }

    static void check(Destination destination, CompiledItem item, Judge judge) throws CompileException {
        EvilTwins challenge = new EvilTwins(destination, item, judge);
        IntStream privileges = IntStream.range(0, item.privileges().size());
        // Few privileges are done before another thread has woken up.
        IntStream spread = item.privileges().size() < WORTH_SPREADING ? privileges : privileges.parallel();
        Optional<String> violation = spread.mapToObj(challenge::violation).filter(Objects::nonNull).findFirst();
        if (violation.isPresent()) {
            throw new CompileException(violation.get());
        }
    }

    private EvilTwins(Destination destination, CompiledItem item, Judge judge) {
        this.destination = destination;
        this.item = item;
        this.judge = judge;
        for (PrivilegeRule rule : item.privileges()) {
            rule.pattern().ifPresent(pattern -> paths.add(CanonicalPath.ofSegments(pattern.segments()).text()));
        }
    }

    /** What gets through where it must not, in words; {@code null} when nothing does. */
    private String violation(int privilege) {
        PrivilegeRule rule = item.privileges().get(privilege);
        if (rule.pattern().isEmpty()) {
            // Without a canonical form there is nothing that strict would grant.
            return null;
        }
        Subject holder = holder(privilege);
        for (Meaning meaning : spellings(destination, rule.pattern().get())) {
            String spelling = violation(meaning, holder);
            if (spelling != null) {
                return "privilege " + Text.quote(rule.name()) + " at " + destination.service() + ": the spelling "
                        + Text.quote(spelling) + " would be let through, although "
                        + meaning.plain().map(plain -> "it means " + Text.quote(plain) + ", which is not").orElse("it must be refused");
            }
        }
        return null;
    }

    /** The first spelling that the holder or a stranger gets through with although they do not with what it means; {@code null} without one. */
    private String violation(Meaning meaning, Subject holder) {
        boolean holderMay = false;
        boolean strangerMay = false;
        if (meaning.plain().isPresent()) {
            String plain = meaning.plain().get();
            Predicate<Subject> lets = judge.read(plain);
            boolean grantable = item.defaultAllow() || isCovered(plain);
            holderMay = grantable && lets.test(holder);
            strangerMay = grantable && lets.test(Subject.SOMEBODY);
        }
        if (holderMay && strangerMay) {
            return null;
        }
        for (String spelling : meaning.spellings()) {
            Predicate<Subject> lets = judge.read(spelling);
            if (!holderMay && lets.test(holder) || !strangerMay && lets.test(Subject.SOMEBODY)) {
                return spelling;
            }
        }
        return null;
    }

    /** Whether a privilege's path is that of a plain target or above it, by looking paths up instead of walking the engine's index. */
    private boolean isCovered(String target) {
        int question = target.indexOf('?');
        int end = question < 0 ? target.length() : question;
        while (end > 0) {
            if (paths.contains(target.substring(0, end))) {
                return true;
            }
            end = target.lastIndexOf('/', end - 1);
        }
        return paths.contains("/");
    }

    /** Grouped by meaning, at least a hundred. */
    static List<Meaning> spellings(Destination destination, PrivilegeRule.Pattern pattern) {
        Map<String, List<String>> query = new HashMap<>();
        pattern.required().forEach((key, values) -> query.put(key, List.of(values.iterator().next())));
        Canonical.Form plain = new Canonical.Form("GET", false, Optional.empty(), CanonicalPath.ofSegments(pattern.segments()), query);
        String target = plain.render();
        int question = target.indexOf('?');
        return Twins.of(destination, question < 0 ? target : target.substring(0, question), question < 0 ? "" : target.substring(question));
    }

    /** Somebody whom the privilege's first holder describes; nobody in particular when there is none. */
    private Subject holder(int privilege) {
        return item.holderCount(privilege) == 0 ? Subject.SOMEBODY : item.holder(privilege, 0).specimen();
    }
}
