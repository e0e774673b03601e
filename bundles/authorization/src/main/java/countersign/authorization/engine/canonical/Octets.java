package countersign.authorization.engine.canonical;

import java.nio.charset.StandardCharsets;

/** Percent-decoding, once, and the checks on what comes out (canonicalization.md sections 3 and 4). Allocates only when a text changes. */
final class Octets {
    private Octets() {}

    /** Stages 5 to 10 on a whole path. The result is printable ASCII, case as it was; {@code null} with a flaw. */
    static String decodePath(String raw, Flaw flaw) {
        boolean control = false;
        boolean question = false;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c >= 0x80) {
                return decodeUnusualPath(raw, flaw);
            }
            control |= c < 0x20 || c == 0x7F;
            question |= c == '?';
        }
        if (control || question) {
            return flaw.is(control ? CanonicalError.CTRL : CanonicalError.EMBQ);
        }
        return raw;
    }

    /** A query key or value, decoded and checked; {@code +} is a blank. {@code null} with a flaw. */
    static String decodeQuery(String raw, Flaw flaw) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c == '+' || c >= 0x80 || c < 0x20 || c == 0x7F) {
                return decodeUnusualQuery(raw, flaw);
            }
        }
        return raw;
    }

    /** Folds A to Z only. */
    static String lowerAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                return lowerAsciiFrom(text, i);
            }
        }
        return text;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static String lowerAsciiFrom(String text, int start) {
        char[] chars = text.toCharArray();
        for (int i = start; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] += 'a' - 'A';
            }
        }
        return new String(chars);
    }

    private static String decodeUnusualPath(String raw, Flaw flaw) {
        byte[] octets = raw.getBytes(StandardCharsets.UTF_8);
        int length = unescape(octets, false);
        if (length < 0) {
            return flaw.is(CanonicalError.PCT);
        }
        boolean ascii = isAscii(octets, length);
        if (!ascii && isOverlong(octets, length)) {
            return flaw.is(CanonicalError.OVERLONG);
        }
        if (!ascii && !isUtf8(octets, length)) {
            return flaw.is(CanonicalError.UTF8);
        }
        if (hasControl(octets, length)) {
            return flaw.is(CanonicalError.CTRL);
        }
        if (!ascii) {
            return flaw.is(CanonicalError.NON_ASCII);
        }
        String path = new String(octets, 0, length, StandardCharsets.ISO_8859_1);
        return path.indexOf('?') >= 0 ? flaw.is(CanonicalError.EMBQ) : path;
    }

    private static String decodeUnusualQuery(String raw, Flaw flaw) {
        byte[] octets = raw.getBytes(StandardCharsets.UTF_8);
        int length = unescape(octets, true);
        if (length < 0) {
            return flaw.is(CanonicalError.PCT);
        }
        boolean ascii = isAscii(octets, length);
        if (!ascii && !isUtf8(octets, length)) {
            return flaw.is(CanonicalError.UTF8);
        }
        if (hasControl(octets, length)) {
            return flaw.is(CanonicalError.CTRL);
        }
        return new String(octets, 0, length, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }

    /** Decodes in place; returns the new length, or -1 for a broken escape. */
    private static int unescape(byte[] octets, boolean plusIsBlank) {
        int length = 0;
        for (int i = 0; i < octets.length; i++) {
            byte octet = octets[i];
            if (octet == '%') {
                int high = i + 2 < octets.length ? hex(octets[i + 1]) : -1;
                int low = high >= 0 ? hex(octets[i + 2]) : -1;
                if (low < 0) {
                    return -1;
                }
                octet = (byte) (high << 4 | low);
                i += 2;
            } else if (plusIsBlank && octet == '+') {
                octet = ' ';
            }
            octets[length++] = octet;
        }
        return length;
    }

    private static boolean isAscii(byte[] octets, int length) {
        for (int i = 0; i < length; i++) {
            if (octets[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasControl(byte[] octets, int length) {
        for (int i = 0; i < length; i++) {
            if (octets[i] >= 0 && octets[i] < 0x20 || octets[i] == 0x7F) {
                return true;
            }
        }
        return false;
    }

    /** Told apart from other broken UTF-8 because it is the signature of an attempt to smuggle a separator (canonicalization.md C2). */
    private static boolean isOverlong(byte[] octets, int length) {
        for (int i = 0; i < length; i++) {
            int lead = octets[i] & 0xFF;
            int next = i + 1 < length ? octets[i + 1] & 0xFF : 0;
            if (lead == 0xC0 || lead == 0xC1 || lead == 0xE0 && next >= 0x80 && next <= 0x9F || lead == 0xF0 && next >= 0x80 && next <= 0x8F) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUtf8(byte[] octets, int length) {
        // The JDK's decoder reports by exceptions, which cost more than all other stages together.
        for (int i = 0; i < length; ) {
            int size = sequenceLength(octets, i, length);
            if (size == 0) {
                return false;
            }
            i += size;
        }
        return true;
    }

    /** Length of the well-formed sequence at {@code at} (Unicode 15, table 3-7), or 0. */
    private static int sequenceLength(byte[] octets, int at, int length) {
        int lead = octets[at] & 0xFF;
        if (lead < 0x80) {
            return 1;
        }
        int size = lead >= 0xC2 && lead <= 0xDF ? 2 : (lead & 0xF0) == 0xE0 ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
        if (size == 0 || at + size > length) {
            return 0;
        }
        int second = octets[at + 1] & 0xFF;
        int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((octets[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
