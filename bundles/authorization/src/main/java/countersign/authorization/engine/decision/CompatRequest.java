package countersign.authorization.engine.decision;

import countersign.request.RequestGuard;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request as the compat matcher sees it (authorization.md sections 6.1 and 6.2). For one thread, for one decision. */
public final class CompatRequest implements Queries {
    private final String target;
    private String path;
    private String embeddedQuery;
    private Map<String, List<String>> query;

    /** @param target the request target without fragment */
    public CompatRequest(String target) {
        this.target = target;
    }

    /** Once decoded and folded, without embedded query. */
    public String path() {
        if (path == null) {
            String decoded = fold(RequestGuard.decodeLeniently(RequestGuard.path(target)));
            int embedded = decoded.indexOf('?');
            path = embedded < 0 ? decoded : decoded.substring(0, embedded);
            embeddedQuery = embedded < 0 ? "" : decoded.substring(embedded + 1);
        }
        return path;
    }

    /** Per key the first value only: later pairs are not looked at. */
    @Override
    public Map<String, List<String>> query() {
        if (query == null) {
            path();
            int question = target.indexOf('?');
            String rawQuery = question < 0 ? "" : target.substring(question + 1);
            query = rawQuery.isEmpty() && embeddedQuery.isEmpty() ? Map.of() : new HashMap<>();
            add(rawQuery);
            add(embeddedQuery);
        }
        return query;
    }

    private void add(String pairs) {
        for (int from = 0; from < pairs.length(); ) {
            int to = pairs.indexOf('&', from);
            to = to < 0 ? pairs.length() : to;
            int equals = pairs.indexOf('=', from);
            int keyEnd = equals < 0 || equals > to ? to : equals;
            if (keyEnd > from) {
                String value = keyEnd < to ? pairs.substring(keyEnd + 1, to) : "";
                query.putIfAbsent(decode(pairs.substring(from, keyEnd)), List.of(decode(value)));
            }
            from = to + 1;
        }
    }

    private static String decode(String text) {
        return fold(RequestGuard.decodeLeniently(text));
    }

    private static String fold(String text) {
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet >= 'A' && octet <= 'Z' || octet < 0) {
                return text.toLowerCase(Locale.ROOT);
            }
        }
        return text;
    }
}
