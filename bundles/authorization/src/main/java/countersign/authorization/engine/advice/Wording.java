package countersign.authorization.engine.advice;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalPath;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CompatRequest;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.PrivilegeRule;
import countersign.policy.Privilege;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A request's path and parameters in the words of rules. The two matchers of the strict profile read a rule differently; where no single
 * privilege means the request to both, there is one for each, the second without a leading slash, which the compat matcher never matches.
 *
 * @param privileges without names
 * @param open parameters that no rule may name, because the request repeats them with different values
 * @param isMisread whether the canonical matcher takes the first privilege, which is there for the other one, for something else
 */
record Wording(List<Privilege> privileges, Set<String> open, boolean isMisread) {
    /** No segment to the canonical matcher. */
    private static final String ROOT = ".";

    /** For the compat profile: its matcher compares what it reads in the request. */
    static Wording compat(Facts facts) {
        return new Wording(List.of(decoded(facts, Set.of())), Set.of(), false);
    }

    /** For both matchers of the strict profile. */
    static Wording strict(Facts facts) {
        Canonical.Form form = form(facts);
        Set<String> open = repeated(form);
        Privilege first = decoded(facts, open);
        Privilege second = encoded(form, open);
        return meansTheSame(first, second) ? new Wording(List.of(first), open, false) : new Wording(List.of(first, second), open, true);
    }

    /** What is enough where the canonical matcher lets the request pass already. */
    Wording withoutSecond() {
        return new Wording(privileges.subList(0, 1), open, isMisread);
    }

    /** For the canonical matcher alone. */
    static Wording canonical(Facts facts) {
        Canonical.Form form = form(facts);
        return new Wording(List.of(encoded(form, repeated(form))), repeated(form), false);
    }

    /** Whether the compat matcher can match one of the privileges. */
    boolean isForCompat() {
        return privileges.get(0).path().matches("[/*].*");
    }

    /** The path for people. */
    String path() {
        String path = privileges.get(0).path();
        return isForCompat() ? path : path.equals(ROOT) ? "/" : '/' + path;
    }

    /** What the canonical matcher takes the first privilege for, when that is not the request; empty when for nothing. */
    Optional<String> misread() {
        return !isMisread ? Optional.empty() : pattern(privileges.get(0)).filter(pattern -> !pattern.neverInStrict()).map(Wording::text);
    }

    private static String text(PrivilegeRule.Pattern pattern) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        pattern.required().forEach((key, values) -> query.put(key, List.copyOf(values)));
        return new Canonical.Form("", false, Optional.empty(), CanonicalPath.ofSegments(pattern.segments()), query).render();
    }

    private static Canonical.Form form(Facts facts) {
        return (Canonical.Form) Canonicalizer.canonicalize(facts.method(), facts.target());
    }

    private static Privilege decoded(Facts facts, Set<String> open) {
        CompatRequest request = new CompatRequest(facts.target());
        Map<String, String> constraints = new LinkedHashMap<>();
        request.query().forEach((key, values) -> {
            boolean isOpen = pattern(new Privilege("", "", Map.of(key, ""))).filter(pattern -> meets(pattern, open)).isPresent();
            if (!isOpen) {
                constraints.put(key, values.get(0));
            }
        });
        return new Privilege("", request.path(), constraints);
    }

    private static Privilege encoded(Canonical.Form form, Set<String> open) {
        Map<String, String> constraints = new LinkedHashMap<>();
        form.query().forEach((key, values) -> {
            if (!open.contains(key)) {
                constraints.put(encoded(key), encoded(values.get(0)));
            }
        });
        String path = CanonicalPath.ofSegments(form.path().segments()).text();
        return new Privilege("", path.equals("/") ? ROOT : fold(path.substring(1)), constraints);
    }

    private static String encoded(String part) {
        return fold(Canonicalizer.encoded(part));
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static boolean meansTheSame(Privilege first, Privilege second) {
        return pattern(first).filter(pattern -> !pattern.neverInStrict()).equals(pattern(second));
    }

    private static boolean meets(PrivilegeRule.Pattern pattern, Set<String> keys) {
        return pattern.required().keySet().stream().anyMatch(keys::contains);
    }

    private static Optional<PrivilegeRule.Pattern> pattern(Privilege privilege) {
        return PolicyCompiler.compile(privilege).pattern();
    }

    private static Set<String> repeated(Canonical.Form form) {
        return form.query().entrySet().stream()
                .filter(entry -> new HashSet<>(entry.getValue()).size() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
