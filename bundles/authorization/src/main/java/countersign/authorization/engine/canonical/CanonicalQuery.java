package countersign.authorization.engine.canonical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a query into values by key (canonicalization.md section 4). */
final class CanonicalQuery {
    private CanonicalQuery() {}

    /** @param raw without the question mark; {@code null} with a flaw */
    static Map<String, List<String>> of(String raw, Flaw flaw) {
        if (raw.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new HashMap<>();
        for (int from = 0; from <= raw.length(); ) {
            int to = raw.indexOf('&', from);
            to = to < 0 ? raw.length() : to;
            if (to > from && !add(query, raw.substring(from, to), flaw)) {
                return null;
            }
            from = to + 1;
        }
        return query;
    }

    private static boolean add(Map<String, List<String>> query, String pair, Flaw flaw) {
        int equals = pair.indexOf('=');
        String key = Octets.decodeQuery(equals < 0 ? pair : pair.substring(0, equals), flaw);
        String value = key == null ? null : Octets.decodeQuery(equals < 0 ? "" : pair.substring(equals + 1), flaw);
        if (value != null && !key.isEmpty()) {
            append(query, key, value);
        }
        return value != null;
    }

    private static void append(Map<String, List<String>> query, String key, String value) {
        List<String> first = query.putIfAbsent(key, List.of(value));
        if (first != null) {
            List<String> values = first instanceof ArrayList ? first : new ArrayList<>(first);
            values.add(value);
            query.put(key, values);
        }
    }
}
