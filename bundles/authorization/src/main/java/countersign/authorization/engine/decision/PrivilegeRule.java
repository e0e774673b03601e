package countersign.authorization.engine.decision;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One privilege of a rule set after normalisation (authorization.md section 4).
 *
 * @param path folded, not decoded
 * @param query folded, not decoded
 * @param pattern what the canonical matcher compares; empty when the privilege has no canonical form
 */
public record PrivilegeRule(String name, String path, Map<String, String> query, Optional<Pattern> pattern) {
    public PrivilegeRule {
        requireNonNull(name, "name");
        requireNonNull(path, "path");
        query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
        requireNonNull(pattern, "pattern");
    }

    /**
     * The canonical pattern (canonicalization.md section 6).
     *
     * @param required a request must have, for every key, one of the values
     * @param neverInStrict a constraint that the reference would take apart at {@code &} or {@code =}: it is not trusted in the strict
     *     profile (canonicalization.md C6)
     */
    public record Pattern(List<String> segments, Map<String, Set<String>> required, boolean neverInStrict) {
        public Pattern {
            segments = List.copyOf(segments);
            required = Map.copyOf(required);
        }
    }
}
