package countersign.request;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * The two tests every request meets first, in every mode, at every destination (proxy.md sections 4 and 5).
 * Stateless; safe from any thread.
 */
public final class RequestGuard {
    /** Permitted methods, in the order of the {@code Allow} header. */
    public static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";
    private static final Set<String> METHODS = Set.of(ALLOWED_METHODS.split(", "));

    /** Why a request goes no further. */
    public enum Violation {
        /** Answered with 405. */
        METHOD,
        /** Answered with 403. */
        TRAVERSAL
    }

    private RequestGuard() {}

    /** The first violation, or empty. {@code target} is the raw request target without fragment. */
    public static Optional<Violation> check(String method, String target) {
        if (!METHODS.contains(method)) {
            return Optional.of(Violation.METHOD);
        }
        String path = path(target);
        boolean traversal = path.contains("//") || (path.indexOf('.') >= 0 || path.indexOf('%') >= 0) && decodeLeniently(path).contains("..");
        return traversal ? Optional.of(Violation.TRAVERSAL) : Optional.empty();
    }

    /** The path of a target: no query, and for absolute-form the part after the authority; empty becomes {@code /}. */
    public static String path(String target) {
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        int from = scheme > 0 ? firstOf(target, '/', scheme + 3, endOfPath(target, scheme + 3)) : 0;
        int to = endOfPath(target, from);
        return from == to ? "/" : target.substring(from, to);
    }

    private static int endOfPath(String target, int from) {
        return firstOf(target, '?', from, firstOf(target, '#', from, target.length()));
    }

    private static int firstOf(String text, char wanted, int from, int end) {
        int at = text.indexOf(wanted, from);
        return at < 0 || at > end ? end : at;
    }

    /**
     * Percent-decodes once; a {@code %} without two hex digits stays, bytes that are not UTF-8 become U+FFFD
     * (authorization.md section 6.1).
     */
    public static String decodeLeniently(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        // Decoding only ever shortens, so it is done in place.
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? hex(bytes[i + 1]) : -1;
            int low = high >= 0 ? hex(bytes[i + 2]) : -1;
            if (low >= 0) {
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = bytes[i];
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static int hex(byte digit) {
        int lower = digit | 0x20;
        return digit >= '0' && digit <= '9' ? digit - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
