package countersign.rules.json;

/** Text of strangers, made fit for one line of a message. */
public final class Text {
    private Text() {}

    /** At most {@code limit} characters of {@code text}, control characters and unpaired surrogates replaced by {@code ?}. */
    public static String shorten(String text, int limit) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), limit) + 1);
        for (int i = 0; i < text.length() && i < limit; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
        }
        return text.length() > limit ? shown.append('…').toString() : shown.toString();
    }

    /** {@code text} in double quotes, at most 60 characters of it. */
    public static String quote(String text) {
        return '"' + shorten(text, 60) + '"';
    }

    /** {@code text} in double quotes, all of it: where the end may be what matters. */
    public static String quoteWhole(String text) {
        return '"' + shorten(text, text.length()) + '"';
    }

    /** Whether nothing is left of {@code text} once {@linkplain #trim trimmed}. */
    public static boolean isBlank(String text) {
        return trim(text).isEmpty();
    }

    /** Removes white space at both ends, as Unicode's White_Space property defines it and the reference trims. */
    public static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isWhiteSpace(text.charAt(from))) {
            from++;
        }
        while (from < to && isWhiteSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isWhiteSpace(char c) {
        return c >= '\t' && c <= '\r' || c == '\u0085' || Character.isSpaceChar(c);
    }

    static boolean hasUnpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
