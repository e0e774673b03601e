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
        Flaw flaw = new Flaw();
        Canonical.Form form = form(method, target, flaw);
        return form == null ? flaw.error().refused() : form;
    }

    /** Path and query of a rule (canonicalization.md section 6). {@code query} is not encoded. */
    public static Canonical pattern(String path, String query) {
        Flaw flaw = new Flaw();
        CanonicalPath segments = CanonicalPath.of(path, flaw);
        Map<String, List<String>> required = segments == null ? null : CanonicalQuery.of(query, flaw);
        return required == null ? flaw.error().refused() : new Canonical.Form("", false, Optional.empty(), segments, required);
    }

    /** Query text that is read as {@code part}, in a request and in a rule. */
    public static String encoded(String part) {
        StringBuilder text = new StringBuilder(part.length());
        Rendering.appendQueryText(text, part);
        return text.toString();
    }

    private static Canonical.Form form(String method, String target, Flaw flaw) {
        boolean absolute = !target.startsWith("/") && !target.startsWith("*") && !target.isEmpty();
        if (absolute && !(target.indexOf("://") == 4 && target.regionMatches(true, 0, "http", 0, 4))) {
            return flaw.is(CanonicalError.SCHEME);
        }
        if (!METHODS.contains(method)) {
            return flaw.is(CanonicalError.METHOD);
        }
        int from = absolute ? endOfAuthority(target) : 0;
        Optional<Endpoint> authority = absolute ? Authority.classify(target.substring(7, from), flaw) : Optional.empty();
        int mark = authority == null ? -1 : target.indexOf('?', from);
        CanonicalPath path = authority == null ? null : CanonicalPath.of(target.substring(from, mark < 0 ? target.length() : mark), flaw);
        Map<String, List<String>> query = path == null ? null : mark < 0 ? Map.of() : CanonicalQuery.of(target.substring(mark + 1), flaw);
        return query == null ? null : new Canonical.Form(method, absolute, authority, path, query);
    }

    private static int endOfAuthority(String target) {
        int i = 7;
        while (i < target.length() && target.charAt(i) != '/' && target.charAt(i) != '?') {
            i++;
        }
        return i;
    }
}
