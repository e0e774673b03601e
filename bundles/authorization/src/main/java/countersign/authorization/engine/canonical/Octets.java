package countersign.authorization.engine.canonical;

import java.nio.charset.StandardCharsets;

/**
 * Percent-decoding, once, the checks on what comes out, and the folding of A to Z, of no other letters (canonicalization.md sections 3 and 4).
 * Allocates only when a text changes.
 */
final class Octets {
    private static final int NOT_ASCII = 1;
    private static final int CONTROL = 2;
    private static final int QUESTION = 4;
    private static final int UPPER = 8;
    private static final int ESCAPE = 16;
    private static final int PLUS = 32;
    /** What each octet is. A table, because the image's compiler makes slow code of comparisons. */
    private static final byte[] TRAITS = new byte[0x100];

    static {
        for (int octet = 0; octet < TRAITS.length; octet++) {
            TRAITS[octet] = (byte) (octet >= 0x80 ? NOT_ASCII : octet < 0x20 || octet == 0x7F ? CONTROL : octet >= 'A' && octet <= 'Z' ? UPPER : 0);
        }
        TRAITS['?'] = QUESTION;
        TRAITS['%'] = ESCAPE;
        TRAITS['+'] = PLUS;
    }

    private Octets() {}

    /** Stages 5 to 10 on a whole path. The result is printable ASCII; {@code null} with a flaw. */
    static String decodePath(String raw, Flaw flaw) {
        return decode(raw, false, flaw);
    }

    /** A query key or value; {@code +} is a blank. {@code null} with a flaw. */
    static String decodeQuery(String raw, Flaw flaw) {
        return decode(raw, true, flaw);
    }

    private static String decode(String raw, boolean query, Flaw flaw) {
        byte[] octets = raw.getBytes(StandardCharsets.UTF_8);
        int length = octets.length;
        int traits = traits(octets, length);
        boolean changes = (traits & (query ? UPPER | ESCAPE | PLUS : UPPER | ESCAPE)) != 0;
        if (changes) {
            length = unescape(octets, query);
            if (length < 0) {
                return flaw.is(CanonicalError.PCT);
            }
            traits = traits(octets, length);
        }
        if ((traits & (NOT_ASCII | CONTROL | QUESTION)) == 0) {
            return changes ? new String(octets, 0, length, StandardCharsets.ISO_8859_1) : raw;
        }
        CanonicalError error = error(octets, length, traits, query);
        // Made anew even when nothing was decoded: a question mark may be what became of half a surrogate pair.
        return error == null ? new String(octets, 0, length, StandardCharsets.UTF_8) : flaw.is(error);
    }

    private static CanonicalError error(byte[] octets, int length, int traits, boolean query) {
        boolean ascii = (traits & NOT_ASCII) == 0;
        if (!ascii && !query && isOverlong(octets, length)) {
            return CanonicalError.OVERLONG;
        }
        if (!ascii && !isUtf8(octets, length)) {
            return CanonicalError.UTF8;
        }
        if ((traits & CONTROL) != 0) {
            return CanonicalError.CTRL;
        }
        return query ? null : ascii ? CanonicalError.EMBQ : CanonicalError.NON_ASCII;
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hex(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static byte fold(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? (byte) (octet | 0x20) : octet;
    }

    /** Decodes and folds in place; returns the new length, or -1 for a broken escape. */
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
            octets[length++] = fold(octet);
        }
        return length;
    }

    /** What occurs in a text, in one pass. */
    private static int traits(byte[] octets, int length) {
        int traits = 0;
        for (int i = 0; i < length; i++) {
            traits |= TRAITS[octets[i] & 0xFF];
        }
        return traits;
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
