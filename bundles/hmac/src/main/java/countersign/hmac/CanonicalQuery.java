package countersign.hmac;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The query as it is signed: keys in lower case, pairs sorted and displaced by their joined text (signing.md section 6). */
final class CanonicalQuery {
    static final CanonicalQuery NONE = new CanonicalQuery(List.of());

    private final List<Pair> sorted;

    /** Key and value joined; the sort text and identity of a pair. */
    private record Pair(String text, int keyLength) implements Comparable<Pair> {
        @Override
        public int compareTo(Pair other) {
            return text.compareTo(other.text);
        }
    }

    private CanonicalQuery(List<Pair> sorted) {
        this.sorted = sorted;
    }

    /** @param query without the question mark; ASCII */
    static CanonicalQuery of(String query) {
        List<Pair> pairs = new ArrayList<>(8);
        int from = 0;
        while (from <= query.length()) {
            int ampersand = query.indexOf('&', from);
            int to = ampersand < 0 ? query.length() : ampersand;
            add(pairs, query, from, to);
            from = to + 1;
        }
        // Stable: of pairs with one text the last received stays last.
        pairs.sort(null);
        return new CanonicalQuery(pairs);
    }

    /** Whether pairs that differ share a sort text, so that one would be sent without being covered (signing.md S4). */
    boolean collides() {
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).equals(sorted.get(i - 1))) {
                continue;
            }
            if (sorted.get(i).text.equals(sorted.get(i - 1).text)) {
                return true;
            }
        }
        return false;
    }

    void appendTo(StringBuilder out) {
        boolean first = true;
        for (int i = 0; i < sorted.size(); i++) {
            Pair pair = sorted.get(i);
            if (i + 1 < sorted.size() && sorted.get(i + 1).text.equals(pair.text)) {
                continue;
            }
            if (!first) {
                out.append('&');
            }
            first = false;
            out.append(pair.text, 0, pair.keyLength);
            if (pair.keyLength < pair.text.length()) {
                out.append('=').append(pair.text, pair.keyLength, pair.text.length());
            }
        }
    }

    private static void add(List<Pair> pairs, String query, int from, int to) {
        int equals = query.indexOf('=', from);
        int keyTo = equals < 0 || equals > to ? to : equals;
        if (keyTo == from) {
            return;
        }
        String key = query.substring(from, keyTo).toLowerCase(Locale.ROOT);
        pairs.add(new Pair(keyTo + 1 < to ? key + query.substring(keyTo + 1, to) : key, key.length()));
    }
}
