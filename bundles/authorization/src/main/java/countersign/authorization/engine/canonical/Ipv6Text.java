package countersign.authorization.engine.canonical;

import java.util.Arrays;
import java.util.Optional;

/** IPv6 literals after RFC 4291 section 2.2, without zone. The JDK's parser is no help: it may look names up. */
final class Ipv6Text {
    private Ipv6Text() {}

    /** The sixteen bytes, or empty when the text is no IPv6 literal. */
    static Optional<byte[]> parse(String text) {
        int gap = text.indexOf("::");
        if (text.indexOf(':') < 0 || gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        byte[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
        if (head == null || tail == null || (gap < 0 ? head.length != 16 : head.length + tail.length > 14)) {
            return Optional.empty();
        }
        byte[] address = Arrays.copyOf(head, 16);
        System.arraycopy(tail, 0, address, 16 - tail.length, tail.length);
        return Optional.of(address);
    }

    /** The IPv4 address within {@code ::ffff:0:0/96} as unsigned 32 bit, or -1 for any other address. */
    static long mappedIpv4(byte[] address) {
        for (int i = 0; i < 12; i++) {
            if (address[i] != (i < 10 ? 0 : (byte) 0xFF)) {
                return -1;
            }
        }
        long value = 0;
        for (int i = 12; i < 16; i++) {
            value = value << 8 | address[i] & 0xFF;
        }
        return value;
    }

    private static byte[] groups(String text, boolean mayEndDotted) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] bytes = new byte[2 * parts.length + 2];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean dotted = mayEndDotted && i == parts.length - 1 && parts[i].indexOf('.') >= 0;
            long value = dotted ? dottedQuad(parts[i]) : group(parts[i]);
            if (value < 0 || length > 14) {
                return null;
            }
            if (dotted) {
                bytes[length++] = (byte) (value >> 24);
                bytes[length++] = (byte) (value >> 16);
            }
            bytes[length++] = (byte) (value >> 8);
            bytes[length++] = (byte) value;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static long group(String text) {
        long value = text.isEmpty() || text.length() > 4 ? -1 : 0;
        for (int i = 0; i < text.length() && value >= 0; i++) {
            int digit = Octets.hex(text.charAt(i));
            value = digit < 0 ? -1 : value << 4 | digit;
        }
        return value;
    }

    /** Four decimal parts without leading zeros: octal and hexadecimal parts are no part of an IPv6 literal. */
    private static long dottedQuad(String text) {
        String[] parts = text.split("\\.", -1);
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || part.length() > 1 && part.charAt(0) == '0' || !isDecimal(part)) {
                return -1;
            }
        }
        return parts.length == 4 ? Ipv4Text.parse(text) : -1;
    }

    private static boolean isDecimal(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
