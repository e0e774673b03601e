package countersign.policy.tool;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalPath;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.IdentityRule;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The difference between two compiled rule sets at one endpoint: for every path that either of them names, and for a path that neither names,
 * who may have it before and after. Names of privileges and identities do not matter, what they say does.
 */
final class AccessDiff {
    /** A path that no rule names. */
    private static final Request ELSEWHERE = new Request("/%7Cno-rule-names-this%7C");

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
        Map<String, Subject> callers = callers();
        for (Map.Entry<String, Request> request : requests().entrySet()) {
            for (Map.Entry<String, Subject> caller : callers.entrySet()) {
                change(request.getValue(), caller.getValue())
                        .ifPresent(change -> lines.add(caller.getKey() + " " + change + " " + request.getKey()));
            }
        }
        return lines;
    }

    /** What a privilege covers, as a request. */
    private record Request(String target) {}

    private Optional<String> change(Request request, Subject caller) {
        List<String> gains = new ArrayList<>();
        List<String> losses = new ArrayList<>();
        Facts facts = new Facts(destination, "GET", request.target(), caller);
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

    private Map<String, Request> requests() {
        Map<String, Request> requests = new TreeMap<>();
        Set<String> told = new HashSet<>();
        for (CompiledPolicy policy : List.of(after, before)) {
            policy.items().of(destination).stream().flatMap(item -> item.privileges().stream())
                    .filter(privilege -> told.add(privilege.path() + privilege.query()))
                    .forEach(privilege -> requests.put(describe(privilege), new Request(target(privilege))));
        }
        Map<String, Request> ordered = new LinkedHashMap<>(requests);
        ordered.put("every path that no rule names", ELSEWHERE);
        return ordered;
    }

    /** Every identity of either side by what it selects, and somebody who is none of them. */
    private Map<String, Subject> callers() {
        Map<String, Subject> callers = new TreeMap<>();
        Set<Subject> told = new HashSet<>();
        for (CompiledPolicy policy : List.of(after, before)) {
            policy.items().of(destination).stream().flatMap(item -> item.identities().stream())
                    .filter(rule -> told.add(rule.specimen()))
                    .forEach(rule -> callers.put(describe(rule), rule.specimen()));
        }
        Map<String, Subject> ordered = new LinkedHashMap<>(callers);
        ordered.put("everybody else", Subject.SOMEBODY);
        return ordered;
    }

    private static String describe(PrivilegeRule privilege) {
        StringBuilder text = new StringBuilder(privilege.path().isEmpty() ? "every path" : Text.shorten(privilege.path(), 120));
        new TreeMap<>(privilege.query()).forEach((key, value) ->
                text.append(text.indexOf(" with ") < 0 ? " with " : " and ").append(Text.shorten(key, 60)).append('=').append(Text.shorten(value, 60)));
        return text.append(" (privilege ").append(Text.quote(privilege.name())).append(')').toString();
    }

    private static String describe(IdentityRule rule) {
        Identity identity = rule.identity();
        List<String> selectors = new ArrayList<>();
        for (IdentityRule.Selector selector : IdentityRule.Selector.values()) {
            if (!rule.text(selector).isEmpty()) {
                selectors.add(selector.member() + " " + Text.quote(rule.text(selector)));
            }
        }
        return (selectors.isEmpty() ? "everybody" : String.join(", ", selectors)) + " (identity " + Text.quote(identity.name()) + ")";
    }

    /** A request that the privilege covers and that means the same to both matchers, where there is one. */
    private static String target(PrivilegeRule privilege) {
        List<String> segments = Arrays.stream(privilege.path().split("/")).filter(segment -> !segment.isEmpty()).toList();
        Map<String, List<String>> query = new LinkedHashMap<>();
        privilege.query().forEach((key, value) -> query.put(key, List.of(value)));
        String slash = privilege.path().endsWith("/") && !segments.isEmpty() ? "/" : "";
        Canonical.Form form = new Canonical.Form("GET", false, Optional.empty(), CanonicalPath.ofSegments(segments), query);
        String rendered = form.render();
        int question = rendered.indexOf('?');
        return question < 0 ? rendered + slash : rendered.substring(0, question) + slash + rendered.substring(question);
    }
}
