package countersign.authorization.engine.decision;

import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalError;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Evaluates rules in either profile (authorization.md section 5 and the end of section 10). Stateless. */
final class RuleEvaluator {
    private static final Predicate<Subject> NOBODY = subject -> false;
    private static final Predicate<Subject> EVERYBODY = subject -> true;

    private RuleEvaluator() {}

    /** Section 5 with the compat matcher. */
    static RuleVerdict compat(CompiledItem item, CompatRequest request, Subject subject) {
        if (item.mode(Profile.COMPAT) == EndpointMode.DISABLED) {
            return RuleVerdict.DISABLED;
        }
        return RuleVerdict.of(item.evaluateCompat(request, subject, Profile.COMPAT));
    }

    /** The canonical matcher alone, as the reference would run it (canonicalization.md section 6). */
    static RuleVerdict canonical(CompiledItem item, Canonical canonical, Subject subject) {
        if (item.mode(Profile.COMPAT) == EndpointMode.DISABLED) {
            return RuleVerdict.DISABLED;
        }
        if (canonical instanceof Canonical.Form form) {
            return RuleVerdict.of(item.evaluateCanonical(form, subject, Profile.COMPAT));
        }
        return RuleVerdict.refused(((Canonical.Refused) canonical).error());
    }

    /** Strict evaluation in full: both matchers must allow, after every check has passed. */
    static RuleVerdict strict(CompiledItem item, CompatRequest request, Canonical canonical, Optional<Endpoint> destination, Subject subject) {
        if (item.mode(Profile.STRICT) == EndpointMode.DISABLED) {
            return RuleVerdict.DISABLED;
        }
        return enforced(item, request, canonical, destination, subject);
    }

    /** As {@link #strict}, as if the mode were not disabled. */
    static RuleVerdict enforced(
            CompiledItem item, CompatRequest request, Canonical canonical, Optional<Endpoint> destination, Subject subject) {
        CanonicalError refusal = refusal(item, canonical, destination);
        return refusal != null ? RuleVerdict.refused(refusal) : byMatchers(item, request, (Canonical.Form) canonical, subject);
    }

    /** Whom {@link #strict} allows a target, which is read once for all of them. To be asked by one thread. */
    static Predicate<Subject> strictlyAllowed(CompiledItem item, CompatRequest request, Canonical canonical, Optional<Endpoint> destination) {
        if (item.mode(Profile.STRICT) == EndpointMode.DISABLED) {
            return EVERYBODY;
        }
        if (refusal(item, canonical, destination) != null) {
            return NOBODY;
        }
        Canonical.Form form = (Canonical.Form) canonical;
        return subject -> byMatchers(item, request, form, subject).allowed();
    }

    private static RuleVerdict byMatchers(CompiledItem item, CompatRequest request, Canonical.Form form, Subject subject) {
        Evaluation compat = item.evaluateCompat(request, subject, Profile.STRICT);
        if (!compat.allowed()) {
            return RuleVerdict.of(compat);
        }
        Evaluation second = item.evaluateCanonical(form, subject, Profile.STRICT);
        // The one that says no decides; of two that say yes the one that can name a privilege.
        return RuleVerdict.of(second.allowed() && second.granted() < 0 ? compat : second);
    }

    /** Why strict refuses a target whoever asks; {@code null} when matchers decide. */
    private static CanonicalError refusal(CompiledItem item, Canonical canonical, Optional<Endpoint> destination) {
        return canonical instanceof Canonical.Form form ? violation(item, form, destination) : ((Canonical.Refused) canonical).error();
    }

    /** The checks of canonicalization.md section 8, in their order; {@code null} when all pass. */
    private static CanonicalError violation(CompiledItem item, Canonical.Form form, Optional<Endpoint> destination) {
        String decoded = form.path().decoded();
        if (decoded.indexOf('\\') >= 0) {
            return CanonicalError.BACKSLASH;
        }
        if (hasEscape(decoded)) {
            return CanonicalError.DOUBLE_PCT;
        }
        if (form.absolute() && (form.authority().isEmpty() || !form.authority().equals(destination))) {
            return CanonicalError.DEST;
        }
        Set<String> ambiguous = ambiguousKeys(form.query());
        return !ambiguous.isEmpty() && item.constrains(form, ambiguous) ? CanonicalError.DUPKEY : null;
    }

    private static boolean hasEscape(String text) {
        for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
            if (i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    /** The keys, {@linkplain SegmentIndex#alike alike} ones taken as one, that a request carries with more than one distinct value. */
    private static Set<String> ambiguousKeys(Map<String, List<String>> query) {
        Set<String> ambiguous = Set.of();
        Map<String, String> firsts = query.isEmpty() ? Map.of() : new HashMap<>();
        for (Map.Entry<String, List<String>> entry : query.entrySet()) {
            String key = SegmentIndex.alike(entry.getKey());
            for (String value : entry.getValue()) {
                String first = firsts.putIfAbsent(key, value);
                if (first != null && !first.equals(value)) {
                    ambiguous = ambiguous.isEmpty() ? new HashSet<>() : ambiguous;
                    ambiguous.add(key);
                }
            }
        }
        return ambiguous;
    }
}
