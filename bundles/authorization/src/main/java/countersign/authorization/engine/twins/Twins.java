package countersign.authorization.engine.twins;

import countersign.authorization.engine.decision.Destination;
import countersign.endpoint.Endpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Spellings of one request target and of its neighbours, by what they mean: written down by who made them, not worked out by the code under
 * test. One object per privilege. Texts are put together in one place instead of by {@code +}, of which a new process has to link each.
 */
final class Twins {
    /** Positions of a path that are tried one by one; more would only repeat what a few show. */
    private static final int POSITIONS = 4;
    private static final int ENOUGH = 100;
    private static final Map<Destination, Authorities> AUTHORITIES = authorities();
    private static final String[] ESCAPES = escapes();
    private static final String[] BROKEN = {"%00", "%09", "%0A", "%7F", "%80", "%ff", "%C3", "%C3%A9", "%C4%B1", "%E2%84%AA", "%ED%A0%80",
        "%E0%80%AF", "%F0%80%80%AF", "%F4%90%80%80", "%", "%2", "%zz", "%u0041", "%25%32%65", "%2525"};

    private final List<Meaning> meanings = new ArrayList<>(16);
    private final Destination destination;
    private final String path;
    private final String query;
    private final Meaning itself;
    private final Meaning refused = new Meaning(Optional.empty(), new ArrayList<>(80));
    private final StringBuilder text = new StringBuilder(160);

    /**
     * Spellings that stand for the same.
     *
     * @param plain the target they stand for, as plain as can be; empty when they must be refused
     * @param spellings as a caller would send them
     */
    record Meaning(Optional<String> plain, List<String> spellings) {}

    /** Scheme and authority of absolute-form targets: ways to write an endpoint, and what is not it. */
    private record Authorities(List<String> itself, List<String> other) {
        static Authorities of(Endpoint endpoint) {
            byte[] octets = endpoint.address().getAddress().getAddress();
            long number = ByteBuffer.wrap(octets).getInt() & 0xFFFF_FFFFL;
            String host = endpoint.address().getAddress().getHostAddress();
            String port = ":".concat(Integer.toString(endpoint.address().getPort()));
            return new Authorities(
                    List.of(http(host, port), "HTTP://".concat(Long.toString(number)).concat(port), http("0x", Long.toHexString(number), port),
                            http("0", Long.toOctalString(number), port), http("[::ffff:", host, "]", port), http(host, ".", port)),
                    List.of("http://1.2.3.4", "http://[::1]", "http://localhost", http("x@", host, port), http(host, ":1"),
                            http(Long.toString(number + 1), port), "http://", "https://".concat(host).concat(port)));
        }

        private static String http(String... authority) {
            return "http://".concat(String.join("", authority));
        }
    }

    /**
     * At least a hundred spellings.
     *
     * @param path plain: a slash, then lower-case segments of unreserved characters
     * @param query plain, with its question mark, or empty
     */
    static List<Meaning> of(Destination destination, String path, String query) {
        Twins twins = new Twins(destination, path, query);
        twins.addAll();
        if (twins.size() < ENOUGH) {
            // A short path offers few places to disguise; what lies below it is covered as well.
            Twins below = new Twins(destination, (path.equals("/") ? "" : path).concat("/below"), query);
            below.addAll();
            twins.meanings.addAll(below.meanings);
        }
        return twins.meanings;
    }

    private Twins(Destination destination, String path, String query) {
        this.destination = destination;
        this.path = path;
        this.query = query;
        this.itself = new Meaning(Optional.of(path.concat(query)), new ArrayList<>(48));
        meanings.add(itself);
        meanings.add(refused);
    }

    private int size() {
        int size = 0;
        for (Meaning meaning : meanings) {
            size += meaning.spellings.size();
        }
        return size;
    }

    private void addAll() {
        casing();
        escaping();
        dotsAndSlashes();
        parameters();
        brokenText();
        absoluteForms();
        neighbours();
        queries();
    }

    private void casing() {
        String upper = upper(path);
        int second = Math.min(2, path.length());
        same(upper);
        same(upper.substring(0, second), path.substring(second));
        char[] alternating = path.toCharArray();
        for (int i = 1; i < alternating.length; i += 2) {
            alternating[i] = upper.charAt(i);
        }
        same(new String(alternating));
    }

    private void escaping() {
        StringBuilder all = new StringBuilder(3 * path.length()).append('/');
        for (int i = 1; i < path.length(); i++) {
            all.append(path.charAt(i) == '/' ? "/" : ESCAPES[path.charAt(i)]);
        }
        same(all.toString());
        for (int i : positions()) {
            String before = path.substring(0, i);
            String after = path.substring(i + 1);
            char c = path.charAt(i);
            same(before, ESCAPES[c], after);
            if (c != '/') {
                same(before, ESCAPES[Character.toUpperCase(c)], after);
                refused(before, "%25", ESCAPES[c].substring(1), after);
            }
        }
    }

    private void dotsAndSlashes() {
        for (int i : separators()) {
            String before = path.substring(0, i);
            String after = path.substring(i + 1);
            same(before, "/./", after);
            same(before, "/%2e/", after);
            same(before, "/%2F", after);
            same(before, "/;/", after);
            refused(before, "//", after);
            refused(before, "/x/../", after);
            refused(before, "/x/%2e%2E/", after);
            refused(before, "/x/..;/", after);
            refused(before, "/x/%252e%252e/", after);
            refused(before, "/x%2f..%2f", after);
            refused(before, "\\", after);
            refused(before, "%5C", after);
            refused(before, "/%5C", after);
            refused(before, "%C0%AF", after);
            refused(before, "%252F", after);
            refused(before, "%EF%BC%8F", after);
            refused(before, "/%EF%BC%8F", after);
        }
        same(path, "/.");
        same(path, "%2f");
        same(path, "/%2e/");
        refused(path, "//");
        refused(path, "/..");
        refused(path, "/%2e%2e/");
    }

    private void parameters() {
        for (int i : separators()) {
            String before = path.substring(0, i);
            String after = path.substring(i);
            if (i > 0) {
                same(before, ";v=1", after);
                same(before, "%3Bv=1", after);
            }
        }
        if (path.length() > 1) {
            same(path, ";jsessionid=1");
            same(path, "%3b");
            same(path, ";.;");
        }
        refused(path, "%3F");
        refused(path, "%3fx=1");
        refused(path, "/%3F/x");
        refused(path, ";..;/..");
    }

    private void brokenText() {
        for (String octets : BROKEN) {
            refused(path, octets);
        }
        for (int i : positions()) {
            refused(path.substring(0, i), "%C1", ESCAPES[0x80 | path.charAt(i) & 0x3F], path.substring(i + 1));
        }
    }

    private void absoluteForms() {
        Authorities authorities = AUTHORITIES.get(destination);
        for (String authority : authorities.itself) {
            same(authority, path);
        }
        for (String authority : authorities.other) {
            refused(authority, path);
        }
    }

    /** Paths beside the one that is covered, disguised. */
    private void neighbours() {
        neighbour(path, "x");
        neighbour(path, "-backup");
        neighbour(path, "%20");
        if (path.length() > 2) {
            neighbour(path.substring(0, path.length() - 1));
            neighbour("/x", path.substring(1));
            neighbour("/x", path);
        }
        int last = path.lastIndexOf('/');
        if (last > 0) {
            neighbour(path.substring(0, last));
            neighbour(path.substring(0, last), "x", path.substring(last));
        }
    }

    private void neighbour(String... parts) {
        String neighbour = text(parts);
        means(neighbour.concat(query), text(upper(neighbour), query), text(neighbour, ";a=b", query));
    }

    private void queries() {
        if (query.isEmpty()) {
            return;
        }
        String constraints = query.substring(1);
        int end = constraints.indexOf('&');
        String first = end < 0 ? constraints : constraints.substring(0, end);
        String key = first.substring(0, first.indexOf('=') + 1);
        means(path, upper(path));
        means(text(path, "?", first, "x"), text(upper(path), "?", first, "x"));
        itself.spellings.add(text(path, "?", upper(constraints)));
        itself.spellings.add(text(path, "?x=1&", constraints));
        itself.spellings.add(text(path, "?", constraints, "&", constraints));
        itself.spellings.add(text(path, "?", ESCAPES[first.charAt(0)], constraints.substring(1)));
        refused.spellings.add(text(path, "?", constraints, "&", first, "x"));
        refused.spellings.add(text(path, "?", first, "x&", constraints));
        refused.spellings.add(text(path, "?", constraints, "&", key, "%zz"));
        refused.spellings.add(text(path, "?", constraints, "%00"));
        refused.spellings.add(text(path, "%3F", constraints));
    }

    private void same(String... parts) {
        itself.spellings.add(spelling(parts));
    }

    private void refused(String... parts) {
        refused.spellings.add(spelling(parts));
    }

    private void means(String plain, String... spellings) {
        meanings.add(new Meaning(Optional.of(plain), List.of(spellings)));
    }

    private String spelling(String... parts) {
        append(parts);
        return text.append(query).toString();
    }

    private String text(String... parts) {
        append(parts);
        return text.toString();
    }

    private void append(String... parts) {
        text.setLength(0);
        for (String part : parts) {
            text.append(part);
        }
    }

    /** Some of the places after the first slash. */
    private int[] positions() {
        int available = path.length() - 1;
        int[] chosen = new int[Math.min(available, POSITIONS)];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = 1 + i * available / chosen.length;
        }
        return chosen;
    }

    /** The first and the last slash. */
    private int[] separators() {
        int last = path.lastIndexOf('/');
        return last == 0 ? new int[] {0} : new int[] {0, last};
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    private static Map<Destination, Authorities> authorities() {
        Map<Destination, Authorities> authorities = new EnumMap<>(Destination.class);
        for (Destination destination : Destination.values()) {
            if (destination.endpoint().isPresent()) {
                authorities.put(destination, Authorities.of(destination.endpoint().get()));
            }
        }
        return authorities;
    }

    private static String[] escapes() {
        HexFormat hex = HexFormat.of().withUpperCase();
        String[] escapes = new String[0x100];
        for (int c = 0; c < escapes.length; c++) {
            escapes[c] = "%".concat(hex.toHexDigits((byte) c));
        }
        return escapes;
    }
}
