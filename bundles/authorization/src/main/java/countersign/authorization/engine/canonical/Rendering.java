package countersign.authorization.engine.canonical;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Writes normal forms as text, percent-encoding what would be read differently (canonicalization.md section 9). */
final class Rendering {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String IN_SEGMENTS = " %#?;";
    private static final String IN_QUERIES = " %#&=+";
    private static final boolean[] ENCODED_IN_SEGMENTS = new boolean[0x80];

    static {
        for (char c = 0; c < 0x80; c++) {
            ENCODED_IN_SEGMENTS[c] = c < 0x20 || c == 0x7F || IN_SEGMENTS.indexOf(c) >= 0;
        }
    }

    private Rendering() {}

    static void appendSegment(StringBuilder text, String segment) {
        append(text, segment, IN_SEGMENTS);
    }

    static void appendQueryText(StringBuilder text, String part) {
        append(text, part, IN_QUERIES);
    }

    /** Whether a character of a path has to be encoded. */
    static boolean isEncodedInPaths(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c >= 0x80 || ENCODED_IN_SEGMENTS[c]) {
                return true;
            }
        }
        return false;
    }

    static int compareCodePoints(String a, String b) {
        for (int i = 0; i < a.length() && i < b.length(); i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                // Surrogates stand for code points above all other chars.
                boolean xs = Character.isSurrogate(x);
                boolean ys = Character.isSurrogate(y);
                return xs == ys ? x - y : xs ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    private static void append(StringBuilder text, String part, String special) {
        for (int i = 0; i < part.length(); i += Character.charCount(part.codePointAt(i))) {
            int c = part.codePointAt(i);
            if (c < 0x20 || c >= 0x7F || special.indexOf(c) >= 0) {
                for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    text.append('%').append(HEX.toHexDigits(octet));
                }
            } else {
                text.append((char) c);
            }
        }
    }
}
