package countersign.keys.keeper;

/** Texts shown as a module's message: at most 1024 bytes, cut between characters (secure-channel.md Q20). */
public final class StatusMessage {
    static final int LIMIT = 1024;

    private StatusMessage() {}

    /** {@code text}, or as much of it as fits followed by three dots. */
    public static String cut(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            bytes += character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
            if (bytes > LIMIT) {
                return text.substring(0, i) + "...";
            }
            i += Character.charCount(character);
        }
        return text;
    }
}
