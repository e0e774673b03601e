package countersign.policy.tool;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalPath;
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
import countersign.endpoint.EndpointMode;
import countersign.policy.Identity;
import countersign.rules.json.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The difference between two compiled rule sets at one endpoint: for every path that either of them names, and for a path that neither names,
 * who may have it before and after. Names of privileges and identities do not matter, what they say does.
 */
final class AccessDiff {
    /** A path that no rule names. */
    private static final Named<String> ELSEWHERE = new Named<>("every path that no rule names", "/%7Cno-rule-names-this%7C");

    private final Destination destination;
    private final CompiledPolicy before;
    private final CompiledPolicy after;
    private final List<Profile> profiles;

    AccessDiff(Destination destination, ItemSet before, ItemSet after, List<Profile> profiles) {
        this.destination = destination;
        this.before = new CompiledPolicy(0, Settings.of(CanonicalMode.OFF), new DecisionIds("old"), before);
        this.after = new CompiledPolicy(0, Settings.of(CanonicalMode.OFF), new DecisionIds("new"), after);
        this.profiles = profiles;
    }

    /** One line for each gain, loss, or change of mode. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Profile profile : profiles) {
            Optional<EndpointMode> was = mode(before, profile);
            Optional<EndpointMode> is = mode(after, profile);
            if (!was.equals(is)) {
                lines.add(Profiles.name(profile) + ": mode " + word(was) + " becomes " + word(is));
            }
        }
        List<Named<Subject>> callers = callers();
        for (Named<String> target : targets()) {
            for (Named<Subject> caller : callers) {
                change(target.value(), caller.value())
                        .ifPresent(change -> lines.add(caller.name() + " " + change + " " + target.name()));
            }
        }
        return lines;
    }

    /** A request target or a caller, in words. */
    private record Named<T>(String name, T value) {}

    private Optional<String> change(String target, Subject caller) {
        List<String> gains = new ArrayList<>();
        List<String> losses = new ArrayList<>();
        Facts facts = new Facts(destination, "GET", target, caller);
        for (Profile profile : profiles) {
            boolean could = allowed(before, facts, profile);
            boolean can = allowed(after, facts, profile);
            if (could != can) {
                (can ? gains : losses).add(Profiles.name(profile));
            }
        }
        if (gains.isEmpty() && losses.isEmpty()) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        if (!gains.isEmpty()) {
            words.add("gains" + in(gains));
        }
        if (!losses.isEmpty()) {
            words.add("loses" + in(losses));
        }
        return Optional.of(String.join(" and ", words));
    }

    /** By the rules, whatever the mode makes of it: a mode that changes is told apart. */
    private boolean allowed(CompiledPolicy policy, Facts facts, Profile profile) {
        Optional<CompiledItem> item = policy.items().of(destination);
        return item.isEmpty() || item.get().allows(facts, profile);
    }

    private String in(List<String> names) {
        return names.size() == profiles.size() ? "" : " (" + String.join(", ", names) + " only)";
    }

    private Optional<EndpointMode> mode(CompiledPolicy policy, Profile profile) {
        return policy.items().of(destination).map(item -> item.mode(profile));
    }

    private static String word(Optional<EndpointMode> mode) {
        return mode.map(value -> value.label().toLowerCase(Locale.ROOT)).orElse("without rules");
    }

    private List<Named<String>> targets() {
        Map<String, Named<String>> byTarget = new LinkedHashMap<>();
        for (CompiledPolicy policy : List.of(after, before)) {
            privileges(policy).forEach(privilege -> add(byTarget, target(privilege), () -> describe(privilege)));
        }
        for (CompiledPolicy policy : List.of(after, before)) {
            privileges(policy).forEach(privilege -> privilege.pattern().map(AccessDiff::form).map(Canonical.Form::render).ifPresent(target ->
                    add(byTarget, target, () -> clean(target) + " (privilege " + Text.quoteWhole(privilege.name()) + " in canonical form)")));
        }
        return sorted(byTarget.values(), ELSEWHERE);
    }

    /** Every identity of either side by what it selects, and somebody who is none of them. */
    private List<Named<Subject>> callers() {
        Map<Subject, Named<Subject>> bySpecimen = new LinkedHashMap<>();
        for (CompiledPolicy policy : List.of(after, before)) {
            policy.items().of(destination).stream().flatMap(item -> item.identities().stream())
                    .forEach(rule -> add(bySpecimen, rule.specimen(), () -> describe(rule.identity())));
        }
        return sorted(bySpecimen.values(), new Named<>("everybody else", Subject.SOMEBODY));
    }

    private Stream<PrivilegeRule> privileges(CompiledPolicy policy) {
        return policy.items().of(destination).stream().flatMap(item -> item.privileges().stream());
    }

    private static <T> void add(Map<T, Named<T>> known, T value, Supplier<String> name) {
        known.computeIfAbsent(value, any -> new Named<>(name.get(), value));
    }

    private static <T> List<Named<T>> sorted(Collection<Named<T>> named, Named<T> last) {
        List<Named<T>> list = new ArrayList<>(named);
        list.sort(Comparator.comparing(Named::name));
        list.add(last);
        return list;
    }

    private static String describe(PrivilegeRule privilege) {
        StringBuilder text = new StringBuilder(privilege.path().isEmpty() ? "every path" : clean(privilege.path()));
        new TreeMap<>(privilege.query()).forEach((key, value) ->
                text.append(text.indexOf(" with ") < 0 ? " with " : " and ").append(clean(key)).append('=').append(clean(value)));
        return text.append(" (privilege ").append(Text.quoteWhole(privilege.name())).append(')').toString();
    }

    private static String describe(Identity identity) {
        List<String> selectors = new ArrayList<>();
        identity.userName().ifPresent(text -> selectors.add("userName " + Text.quoteWhole(text)));
        identity.groupName().ifPresent(text -> selectors.add("groupName " + Text.quoteWhole(text)));
        identity.exePath().ifPresent(text -> selectors.add("exePath " + Text.quoteWhole(text)));
        identity.processName().ifPresent(text -> selectors.add("processName " + Text.quoteWhole(text)));
        return (selectors.isEmpty() ? "everybody" : String.join(", ", selectors)) + " (identity " + Text.quoteWhole(identity.name()) + ")";
    }

    /** In full: what differs is often the end. */
    private static String clean(String text) {
        return Text.shorten(text, text.length());
    }

    /** A request that the privilege covers and that means the same to both matchers, where there is one. */
    private static String target(PrivilegeRule privilege) {
        List<String> segments = Arrays.stream(privilege.path().split("/")).filter(segment -> !segment.isEmpty()).toList();
        Map<String, List<String>> query = new LinkedHashMap<>();
        privilege.query().forEach((key, value) -> query.put(key, List.of(value)));
        String slash = privilege.path().endsWith("/") && !segments.isEmpty() ? "/" : "";
        String rendered = form(segments, query).render();
        int question = rendered.indexOf('?');
        return question < 0 ? rendered + slash : rendered.substring(0, question) + slash + rendered.substring(question);
    }

    /** What the canonical matcher takes the privilege for. */
    private static Canonical.Form form(PrivilegeRule.Pattern pattern) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        pattern.required().forEach((key, values) -> query.put(key, List.of(Collections.min(values))));
        return form(pattern.segments(), query);
    }

    private static Canonical.Form form(List<String> segments, Map<String, List<String>> query) {
        return new Canonical.Form("GET", false, Optional.empty(), CanonicalPath.ofSegments(segments), query);
    }
}
