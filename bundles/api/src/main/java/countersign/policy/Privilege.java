package countersign.policy;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A path, with required query parameters, that can be granted (authorization.md section 2.5).
 *
 * @param path as written; may be empty
 * @param queryParameters in document order, values may be empty; empty when the member is absent
 */
public record Privilege(String name, String path, Map<String, String> queryParameters) {
    public Privilege {
        requireNonNull(name, "name");
        requireNonNull(path, "path");
        queryParameters = Collections.unmodifiableMap(new LinkedHashMap<>(queryParameters));
    }
}
