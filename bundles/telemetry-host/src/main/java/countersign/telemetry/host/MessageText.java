package countersign.telemetry.host;

import countersign.secrets.Secrets;

/** The message of a generic event: without secrets, legal in XML and at most {@value #LIMIT} bytes. */
final class MessageText {
    static final int LIMIT = 4096;

    private MessageText() {}

    /** Redacted before it is cut: half a secret would not be known for one (telemetry.md Q2). */
    static String of(String text) {
        return cut(XmlText.legal(Secrets.redact(text)));
    }

    private static String cut(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length();) {
            int character = text.codePointAt(i);
            bytes += utf8Length(character);
            if (bytes > LIMIT) {
                return text.substring(0, i);
            }
            i += Character.charCount(character);
        }
        return text;
    }

    private static int utf8Length(int character) {
        return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }
}
