package countersign.authorization.engine.canonical;

import countersign.endpoint.Endpoint;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the authority of an absolute-form target and says which guarded endpoint it names (canonicalization.md section 5). No look-ups. */
final class Authority {
    private static final long OTHER = -1;
    private static final long MALFORMED = -2;

    private Authority() {}

    /** {@code null} with a flaw; empty for a host that is well formed and none of the endpoints. */
    static Optional<Endpoint> classify(String authority, Flaw flaw) {
        if (authority.indexOf('@') >= 0) {
            return flaw.is(CanonicalError.USERINFO);
        }
        boolean bracketed = authority.startsWith("[");
        int bracket = bracketed ? authority.indexOf(']') : -1;
        if (bracketed && (bracket < 0 || bracket + 1 < authority.length() && authority.charAt(bracket + 1) != ':')) {
            return flaw.is(CanonicalError.HOST);
        }
        int colon = bracketed ? authority.indexOf(':', bracket) : authority.lastIndexOf(':');
        int port = colon < 0 ? 80 : port(authority.substring(colon + 1));
        if (port < 0) {
            return flaw.is(CanonicalError.PORT);
        }
        String host = bracketed ? authority.substring(1, bracket) : colon < 0 ? authority : authority.substring(0, colon);
        long address = address(host);
        if (address == MALFORMED) {
            return flaw.is(CanonicalError.HOST);
        }
        return address == OTHER ? Optional.empty() : endpoint((int) address, port);
    }

    /** A port, or -1. */
    private static int port(String digits) {
        int port = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && port >= 0; i++) {
            int digit = digits.charAt(i) - '0';
            port = digit < 0 || digit > 9 ? -1 : port * 10 + digit;
            port = port > 65535 ? -1 : port;
        }
        return port;
    }

    /** An IPv4 address as unsigned 32 bit, or one of the two negative answers. */
    private static long address(String text) {
        Optional<byte[]> ipv6 = Ipv6Text.parse(text);
        if (ipv6.isPresent()) {
            return Ipv6Text.mappedIpv4(ipv6.get());
        }
        String host = text;
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (host.isEmpty()) {
            return MALFORMED;
        }
        if (isNumeric(host)) {
            long address = Ipv4Text.parse(host);
            return address < 0 ? MALFORMED : address;
        }
        return isName(host) ? OTHER : MALFORMED;
    }

    /** Only hexadecimal digits, x and dots: such a text has to be an address. */
    private static boolean isNumeric(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (Octets.hex(c) < 0 && c != 'x' && c != 'X' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isName(String host) {
        boolean named = false;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '.') {
                return false;
            }
            named |= isLetterOrDigit(c);
        }
        return named;
    }

    private static boolean isLetterOrDigit(int c) {
        return c >= '0' && c <= '9' || (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }

    private static Optional<Endpoint> endpoint(int address, int port) {
        for (Endpoint endpoint : Endpoint.ALL) {
            boolean same = endpoint.address().getPort() == port
                    && ByteBuffer.wrap(endpoint.address().getAddress().getAddress()).getInt() == address;
            if (same) {
                return Optional.of(endpoint);
            }
        }
        return Optional.empty();
    }
}
