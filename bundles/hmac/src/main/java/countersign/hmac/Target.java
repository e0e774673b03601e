package countersign.hmac;

import java.util.Optional;

/**
 * Where the parts of a request target lie (signing.md section 5). Offsets into {@code text}; nothing is decoded or normalised.
 *
 * @param authorityFrom first character of the authority of an absolute-form target, or -1
 * @param pathFrom first character of the path, which is also the end of the authority
 * @param pathTo end of the path
 */
record Target(String text, int authorityFrom, int pathFrom, int pathTo) {
    private static final String SCHEME = "http://";

    /** Reads origin-form, asterisk-form or absolute-form with scheme http; anything else is no target for us. */
    static Optional<Target> of(String text) {
        if (text.startsWith("/") || text.equals("*")) {
            return Optional.of(new Target(text, -1, 0, endOfPath(text, 0)));
        }
        if (!text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        int from = SCHEME.length();
        int to = from;
        while (to < text.length() && text.charAt(to) != '/' && text.charAt(to) != '?') {
            to++;
        }
        return Optional.of(new Target(text, from, to, endOfPath(text, to)));
    }

    boolean isAbsolute() {
        return authorityFrom >= 0;
    }

    String authority() {
        return text.substring(authorityFrom, pathFrom);
    }

    /** The path as received; empty becomes {@code /}. */
    String path() {
        return pathFrom == pathTo ? "/" : text.substring(pathFrom, pathTo);
    }

    /** What goes on the request line: path and query without scheme and authority. */
    String originForm() {
        if (!isAbsolute()) {
            return text;
        }
        return pathFrom == pathTo ? "/" + text.substring(pathTo) : text.substring(pathFrom);
    }

    CanonicalQuery query() {
        return pathTo == text.length() ? CanonicalQuery.NONE : CanonicalQuery.of(text.substring(pathTo + 1));
    }

    /** Whether every character is one that a target may contain; path and query differ in a few. */
    boolean hasPermittedCharacters() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean common = c >= 0x24 && c <= 0x3b || c >= 0x40 && c <= 0x5f || c >= 0x61 && c <= 0x7e || c == '!' || c == '=';
            boolean special = i < pathTo ? c == '"' : c == '?' || c == '`';
            if (!common && !special) {
                return false;
            }
        }
        return true;
    }

    private static int endOfPath(String text, int from) {
        int query = text.indexOf('?', from);
        return query < 0 ? text.length() : query;
    }
}
