package countersign.summary;

/** Text of callers on its way into JSON that is written with every character outside ASCII escaped. */
public final class JsonText {
    private static final String MARK = "...";

    private JsonText() {}

    /**
     * Shortens {@code text} so that, escaped, it takes at most {@code limit} bytes and three for the {@code ...} that marks the cut. Never
     * cuts between the halves of a character; halves without their other half become U+FFFD, because strict readers refuse them.
     */
    public static String bounded(String text, int limit) {
        int taken = 0;
        int size = 0;
        boolean torn = false;
        while (taken < text.length()) {
            int character = text.codePointAt(taken);
            size += cost(character);
            if (size > limit) {
                break;
            }
            torn |= character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            taken += Character.charCount(character);
        }
        String kept = taken == text.length() ? text : text.substring(0, taken) + MARK;
        return torn ? mended(kept) : kept;
    }

    private static int cost(int character) {
        if (character > 0xFFFF) {
            return 12;
        }
        if (character == '"' || character == '\\') {
            return 2;
        }
        return character >= ' ' && character < 0x7F ? 1 : 6;
    }

    private static String mended(String text) {
        return text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
