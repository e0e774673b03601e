package countersign.authorization.engine.canonical;

import countersign.endpoint.Endpoint;
import countersign.request.RequestGuard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a request, or a rule's path and query, into its normal form or into one error (canonicalization.md section 2). Total: no text makes
 * it throw. Stateless; safe from any thread.
 */
public final class Canonicalizer {
    private static final Set<String> METHODS = Set.of(RequestGuard.ALLOWED_METHODS.split(", "));

    private Canonicalizer() {}

    /** @param target the request target without fragment */
    public static Canonical canonicalize(String method, String target) {
        try {
            return form(method, target);
        } catch (Refusal refusal) {
            return refusal.error().refused();
        }
    }

    /** Path and query of a rule (canonicalization.md section 6). {@code query} is not encoded. */
    public static Canonical pattern(String path, String query) {
        try {
            return new Canonical.Form("", false, Optional.empty(), CanonicalPath.of(path), CanonicalQuery.of(query));
        } catch (Refusal refusal) {
            return refusal.error().refused();
        }
    }

    private static Canonical.Form form(String method, String target) throws Refusal {
        int from = 0;
        boolean absolute = !target.startsWith("/") && !target.startsWith("*") && !target.isEmpty();
        if (absolute) {
            int colon = target.indexOf("://");
            if (colon != 4 || !target.regionMatches(true, 0, "http", 0, 4)) {
                throw CanonicalError.SCHEME.refusal();
            }
            from = endOfAuthority(target);
        }
        if (!METHODS.contains(method)) {
            throw CanonicalError.METHOD.refusal();
        }
        Optional<Endpoint> authority = absolute ? Authority.classify(target.substring(7, from)) : Optional.empty();
        int mark = target.indexOf('?', from);
        int question = mark < 0 ? target.length() : mark;
        CanonicalPath path = CanonicalPath.of(target.substring(from, question));
        Map<String, List<String>> query = question < target.length() ? CanonicalQuery.of(target.substring(question + 1)) : Map.of();
        return new Canonical.Form(method, absolute, authority, path, query);
    }

    private static int endOfAuthority(String target) {
        int i = 7;
        while (i < target.length() && target.charAt(i) != '/' && target.charAt(i) != '?') {
            i++;
        }
        return i;
    }
}
