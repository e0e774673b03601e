package countersign.authorization.engine.canonical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a query into values by key (canonicalization.md section 4). */
final class CanonicalQuery {
    private CanonicalQuery() {}

    /** @param raw without the question mark */
    static Map<String, List<String>> of(String raw) throws Refusal {
        if (raw.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new HashMap<>();
        for (int from = 0; from <= raw.length(); ) {
            int to = raw.indexOf('&', from);
            to = to < 0 ? raw.length() : to;
            if (to > from) {
                add(query, raw.substring(from, to));
            }
            from = to + 1;
        }
        return query;
    }

    private static void add(Map<String, List<String>> query, String pair) throws Refusal {
        int equals = pair.indexOf('=');
        String key = Octets.lowerAscii(Octets.decodeQuery(equals < 0 ? pair : pair.substring(0, equals)));
        String value = equals < 0 ? "" : Octets.lowerAscii(Octets.decodeQuery(pair.substring(equals + 1)));
        if (key.isEmpty()) {
            return;
        }
        List<String> first = query.putIfAbsent(key, List.of(value));
        if (first != null) {
            List<String> values = first instanceof ArrayList ? first : new ArrayList<>(first);
            values.add(value);
            query.put(key, values);
        }
    }
}
