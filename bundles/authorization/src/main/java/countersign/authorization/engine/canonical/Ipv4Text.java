package countersign.authorization.engine.canonical;

/**
 * IPv4 addresses in classic form, as {@code inet_aton} reads them: one to four parts, each hexadecimal ({@code 0x}), octal (leading zero) or
 * decimal; the last part fills the bits that are left (canonicalization.md section 5, step 4).
 */
final class Ipv4Text {
    private Ipv4Text() {}

    /** The address as unsigned 32 bit, or -1 when the text is none. */
    static long parse(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length > 4) {
            return -1;
        }
        long address = 0;
        for (int i = 0; i < parts.length; i++) {
            boolean last = i == parts.length - 1;
            int bits = last ? 8 * (4 - i) : 8;
            long part = number(parts[i]);
            if (part < 0 || part >>> bits != 0) {
                return -1;
            }
            address = address << bits | part;
        }
        return address;
    }

    private static long number(String text) {
        boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
        if (hexadecimal) {
            return text.length() > 10 ? -1 : number(text.substring(2), 16);
        }
        return number(text, text.length() > 1 && text.charAt(0) == '0' ? 8 : 10);
    }

    private static long number(String digits, int radix) {
        long value = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && value >= 0; i++) {
            int digit = Octets.hex(digits.charAt(i));
            value = digit < 0 || digit >= radix ? -1 : value * radix + digit;
            value = value > 0xFFFF_FFFFL ? -1 : value;
        }
        return value;
    }
}
