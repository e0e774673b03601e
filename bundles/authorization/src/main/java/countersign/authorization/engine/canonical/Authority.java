package countersign.authorization.engine.canonical;

import countersign.endpoint.Endpoint;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the authority of an absolute-form target and says which guarded endpoint it names (canonicalization.md section 5). No look-ups. */
final class Authority {
    private Authority() {}

    static Optional<Endpoint> classify(String authority) throws Refusal {
        if (authority.indexOf('@') >= 0) {
            throw CanonicalError.USERINFO.refusal();
        }
        String host;
        int colon;
        if (authority.startsWith("[")) {
            int bracket = authority.indexOf(']');
            if (bracket < 0) {
                throw CanonicalError.HOST.refusal();
            }
            host = authority.substring(1, bracket);
            colon = bracket + 1 == authority.length() ? -1 : bracket + 1;
            if (colon > 0 && authority.charAt(colon) != ':') {
                throw CanonicalError.HOST.refusal();
            }
        } else {
            colon = authority.lastIndexOf(':');
            host = colon < 0 ? authority : authority.substring(0, colon);
        }
        int port = colon < 0 ? 80 : port(authority.substring(colon + 1));
        long address = address(host);
        return address < 0 ? Optional.empty() : endpoint((int) address, port);
    }

    private static int port(String digits) throws Refusal {
        int port = digits.isEmpty() ? -1 : 0;
        for (int i = 0; i < digits.length() && port >= 0; i++) {
            int digit = digits.charAt(i) - '0';
            port = digit < 0 || digit > 9 ? -1 : port * 10 + digit;
            port = port > 65535 ? -1 : port;
        }
        if (port < 0) {
            throw CanonicalError.PORT.refusal();
        }
        return port;
    }

    /** An IPv4 address as unsigned 32 bit, or -1 for a host that is well formed and something else. */
    private static long address(String text) throws Refusal {
        Optional<byte[]> ipv6 = Ipv6Text.parse(text);
        if (ipv6.isPresent()) {
            return Ipv6Text.mappedIpv4(ipv6.get());
        }
        String host = text;
        while (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw CanonicalError.HOST.refusal();
        }
        if (isNumeric(host)) {
            long address = Ipv4Text.parse(host);
            if (address < 0) {
                throw CanonicalError.HOST.refusal();
            }
            return address;
        }
        if (!isName(host)) {
            throw CanonicalError.HOST.refusal();
        }
        return -1;
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
