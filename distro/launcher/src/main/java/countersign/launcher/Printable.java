package countersign.launcher;

/** Text of a peer, made safe for a terminal. While no agent runs, any local user may listen on its port. */
final class Printable {
    private Printable() {}

    /** Control characters other than line ends and tabs become a question mark; trailing line ends go. */
    static String text(String raw) {
        StringBuilder out = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean harmless = c == '\n' || c == '\t' || c == '\r' || (c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0));
            out.append(harmless ? c : '?');
        }
        int end = out.length();
        while (end > 0 && (out.charAt(end - 1) == '\n' || out.charAt(end - 1) == '\r')) {
            end--;
        }
        return out.substring(0, end);
    }
}
