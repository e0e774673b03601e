package countersign.authorization.engine.twins;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalPath;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.PrivilegeRule;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.authorization.engine.live.Gate;
import countersign.authorization.engine.twins.Twins.Twin;
import countersign.endpoint.EndpointMode;
import countersign.rules.json.Text;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private EvilTwins() {}

    /** Who decides: the engine, or a flawed one in tests. */
    @FunctionalInterface
    interface Judge {
        boolean allows(Facts facts);
    }

    /** @throws CompileException naming the privilege and the spelling that would get through */
    public static void check(ItemSet items) throws CompileException {
        CompiledPolicy policy = new CompiledPolicy(0, Settings.of(CanonicalMode.ENFORCE), new DecisionIds("twin"), items);
        for (Destination destination : List.of(Destination.IMDS, Destination.WIRESERVER, Destination.HOSTGA)) {
            Optional<CompiledItem> item = items.of(destination);
            boolean shared = destination == Destination.HOSTGA && item.isPresent()
                    && item.get().privileges() == items.wireserver().orElseThrow().privileges();
            if (item.isPresent() && !shared && item.get().mode(Profile.STRICT) != EndpointMode.DISABLED) {
                check(destination, item.get(), policy::strictlyAllows);
            }
        }
    }

    static void check(Destination destination, CompiledItem item, Judge judge) throws CompileException {
        IntStream privileges = IntStream.range(0, item.privileges().size());
        // Few privileges are done before another thread has woken up.
        IntStream spread = item.privileges().size() < WORTH_SPREADING ? privileges : privileges.parallel();
        Optional<String> violation = spread.mapToObj(i -> violation(destination, item, i, judge)).flatMap(Optional::stream).findFirst();
        if (violation.isPresent()) {
            throw new CompileException(violation.get());
        }
    }

    private static Optional<String> violation(Destination destination, CompiledItem item, int privilege, Judge judge) {
        PrivilegeRule rule = item.privileges().get(privilege);
        if (rule.pattern().isEmpty()) {
            // Without a canonical form there is nothing that strict would grant.
            return Optional.empty();
        }
        List<Twin> spellings = spellings(destination, rule.pattern().get());
        Subject holder = holder(item, privilege);
        Optional<Twin> violation = violation(destination, item, rule, spellings, holder, judge);
        if (violation.isEmpty() && holder != Subject.SOMEBODY) {
            // What has no meaning is refused whoever asks.
            List<Twin> meaningful = spellings.stream().filter(twin -> twin.meaning().isPresent()).toList();
            violation = violation(destination, item, rule, meaningful, Subject.SOMEBODY, judge);
        }
        return violation.map(twin -> "privilege " + Text.quote(rule.name()) + " at " + destination.service() + ": the spelling "
                + Text.quote(twin.target()) + " would be let through, although "
                + twin.meaning().map(plain -> "it means " + Text.quote(plain) + ", which is not").orElse("it must be refused"));
    }

    /** The first spelling that a caller gets through with although he must not. */
    private static Optional<Twin> violation(
            Destination destination, CompiledItem item, PrivilegeRule rule, List<Twin> spellings, Subject caller, Judge judge) {
        Map<String, Boolean> meanings = new HashMap<>();
        for (Twin twin : spellings) {
            boolean may = twin.meaning().isPresent() && meanings.computeIfAbsent(twin.meaning().get(), target ->
                    judge.allows(new Facts(destination, "GET", target, caller)) && isCovered(item, rule, target));
            if (!may && judge.allows(new Facts(destination, "GET", twin.target(), caller))) {
                return Optional.of(twin);
            }
        }
        return Optional.empty();
    }

    /** Whether a plain target may be let through at all, by looking at rules one after the other instead of in the engine's index. */
    private static boolean isCovered(CompiledItem item, PrivilegeRule likely, String target) {
        int question = target.indexOf('?');
        String path = (question < 0 ? target : target.substring(0, question)) + '/';
        return item.defaultAllow() || covers(likely, path)
                || item.privileges().stream().anyMatch(privilege -> covers(privilege, path));
    }

    private static boolean covers(PrivilegeRule privilege, String pathWithSlash) {
        List<String> segments = privilege.pattern().map(PrivilegeRule.Pattern::segments).orElse(List.of("\0"));
        return pathWithSlash.startsWith(CanonicalPath.ofSegments(segments).text() + (segments.isEmpty() ? "" : "/"));
    }

    /** At least a hundred targets. */
    static List<Twin> spellings(Destination destination, PrivilegeRule.Pattern pattern) {
        Map<String, List<String>> query = new HashMap<>();
        pattern.required().forEach((key, values) -> query.put(key, List.of(values.iterator().next())));
        Canonical.Form plain = new Canonical.Form("GET", false, Optional.empty(), CanonicalPath.ofSegments(pattern.segments()), query);
        String target = plain.render();
        int question = target.indexOf('?');
        return Twins.of(destination, question < 0 ? target : target.substring(0, question), question < 0 ? "" : target.substring(question));
    }

    /** Somebody whom the privilege's first holder describes; nobody in particular when there is none. */
    private static Subject holder(CompiledItem item, int privilege) {
        return item.holderCount(privilege) == 0 ? Subject.SOMEBODY : item.holder(privilege, 0).specimen();
    }
}
