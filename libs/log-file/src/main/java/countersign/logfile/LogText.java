package countersign.logfile;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Text as it may stand in one line of a log. */
public final class LogText {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private LogText() {}

    /** UTC with three digits of fraction and without zone, as in all files of the agent (telemetry.md section 1.2). */
    public static String timestamp(Instant time) {
        return STAMP.format(time);
    }

    /**
     * Makes {@code text} one line that no caller can forge: control characters, line separators and text direction marks become
     * {@code \}{@code uXXXX} (telemetry.md Q10), and what is longer than {@code limit} characters is cut between characters and closed
     * with {@code ...}.
     */
    public static String line(String text, int limit) {
        String cut = cut(text, limit);
        for (int i = 0; i < cut.length(); i++) {
            if (forges(cut.charAt(i))) {
                return escaped(cut, i);
            }
        }
        return cut;
    }

    /** Shortens {@code text} to {@code limit} chars, never between the halves of a character, and marks that with {@code ...}. */
    public static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
        return text.substring(0, end) + "...";
    }

    private static String escaped(String text, int from) {
        StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (forges(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean forges(char c) {
        return c < ' ' || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    }
}
