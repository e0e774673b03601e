package countersign.authorization.engine.canonical;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The outcome of canonicalising a request: its normal form, or exactly one error. Matching on normal forms is plain equality; what is
 * forwarded and signed is always the original.
 */
public sealed interface Canonical {
    /** There is no form. */
    record Refused(CanonicalError error) implements Canonical {
        public Refused {
            requireNonNull(error, "error");
        }
    }

    /**
     * The normal form (canonicalization.md section 2, "Result").
     *
     * @param absolute whether the target named an authority
     * @param authority the endpoint that the authority names; empty in origin-form and when it names none of them
     * @param path segments and trailing slash
     * @param query values by key in arrival order; iteration order of the keys is not defined
     */
    record Form(String method, boolean absolute, Optional<Endpoint> authority, CanonicalPath path, Map<String, List<String>> query)
            implements Canonical {
        public Form {
            requireNonNull(method, "method");
            requireNonNull(authority, "authority");
            requireNonNull(path, "path");
            requireNonNull(query, "query");
        }

        /** Path and query as text (canonicalization.md section 9); canonicalising it again gives the same path and query. */
        public String render() {
            StringBuilder text = new StringBuilder(path.text());
            char separator = '?';
            Map<String, List<String>> ordered = new TreeMap<>(Rendering::compareCodePoints);
            ordered.putAll(query);
            for (Map.Entry<String, List<String>> entry : ordered.entrySet()) {
                for (String value : entry.getValue()) {
                    text.append(separator);
                    Rendering.appendQueryText(text, entry.getKey());
                    text.append('=');
                    Rendering.appendQueryText(text, value);
                    separator = '&';
                }
            }
            return text.toString();
        }
    }
}
