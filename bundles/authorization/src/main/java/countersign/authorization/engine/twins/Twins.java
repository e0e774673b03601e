package countersign.authorization.engine.twins;

import countersign.authorization.engine.decision.Destination;
import countersign.endpoint.Endpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Spellings of one request target, each with what it means: written down by who made it, not worked out by the code under test. One object
 * per privilege.
 */
final class Twins {
    /** Positions of a path that are tried one by one; more would only repeat what a few show. */
    private static final int POSITIONS = 4;
    private static final int SEPARATORS = 2;
    private static final int ENOUGH = 100;
    private static final Map<Endpoint, Authorities> AUTHORITIES =
            Endpoint.ALL.stream().collect(Collectors.toMap(endpoint -> endpoint, Authorities::of));
    private static final HexFormat HEX = HexFormat.of();
    private static final List<String> ESCAPES =
            IntStream.range(0, 0x80).mapToObj(c -> "%" + HEX.withUpperCase().toHexDigits((byte) c)).toList();

    private final List<Twin> twins = new ArrayList<>(160);
    private final Destination destination;
    private final String path;
    private final String query;
    private final Optional<String> itself;

    /**
     * One spelling.
     *
     * @param target as a caller would send it
     * @param meaning the plain target it stands for; empty when it must be refused
     */
    record Twin(String target, Optional<String> meaning) {}

    /** Scheme and authority of absolute-form targets: ways to write an endpoint, and what is not it. */
    private record Authorities(List<String> itself, List<String> other) {
        static Authorities of(Endpoint endpoint) {
            byte[] octets = endpoint.address().getAddress().getAddress();
            long number = ByteBuffer.wrap(octets).getInt() & 0xFFFF_FFFFL;
            String host = endpoint.address().getAddress().getHostAddress();
            String port = ":" + endpoint.address().getPort();
            return new Authorities(
                    List.of("http://" + host + port, "HTTP://" + number + port, "http://0x" + Long.toHexString(number) + port,
                            "http://0" + Long.toOctalString(number) + port, "http://[::ffff:" + host + "]" + port, "http://" + host + "." + port),
                    List.of("http://1.2.3.4", "http://[::1]", "http://localhost", "http://x@" + host + port, "http://" + host + ":1",
                            "http://" + (number + 1) + port, "http://", "https://" + host + port));
        }
    }

    /**
     * @param path plain: a slash, then lower-case segments of unreserved characters
     * @param query plain, with its question mark, or empty
     */
    static List<Twin> of(Destination destination, String path, String query) {
        Twins twins = new Twins(destination, path, query);
        twins.addAll();
        if (twins.twins.size() < ENOUGH) {
            // A short path offers few places to disguise; what lies below it is covered as well.
            Twins below = new Twins(destination, path.equals("/") ? "/below" : path + "/below", query);
            below.addAll();
            twins.twins.addAll(below.twins);
        }
        return twins.twins;
    }

    private void addAll() {
        casing();
        escapes();
        dotsAndSlashes();
        parameters();
        brokenText();
        absoluteForms();
        neighbours();
        queries();
    }

    private Twins(Destination destination, String path, String query) {
        this.destination = destination;
        this.path = path;
        this.query = query;
        this.itself = Optional.of(path + query);
    }

    private void casing() {
        same(upper(path));
        same(path.substring(0, 1) + upper(path.substring(1, Math.min(2, path.length()))) + path.substring(Math.min(2, path.length())));
        StringBuilder alternating = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            alternating.append(i % 2 == 0 ? path.charAt(i) : upper(path.substring(i, i + 1)));
        }
        same(alternating.toString());
    }

    private void escapes() {
        StringBuilder all = new StringBuilder("/");
        for (int i = 1; i < path.length(); i++) {
            all.append(path.charAt(i) == '/' ? "/" : escape(path.charAt(i)));
        }
        same(all.toString());
        for (int i : positions()) {
            String before = path.substring(0, i);
            String after = path.substring(i + 1);
            char c = path.charAt(i);
            same(before + escape(c) + after);
            if (c != '/') {
                same(before + escape(upper(String.valueOf(c)).charAt(0)) + after);
                refused(before + "%25" + escape(c).substring(1) + after);
            }
        }
    }

    private void dotsAndSlashes() {
        for (int i : separators()) {
            String before = path.substring(0, i);
            String after = path.substring(i + 1);
            same(before + "/./" + after);
            same(before + "/%2e/" + after);
            same(before + "/%2F" + after);
            same(before + "/;/" + after);
            refused(before + "//" + after);
            refused(before + "/x/../" + after);
            refused(before + "/x/%2e%2E/" + after);
            refused(before + "/x/..;/" + after);
            refused(before + "/x/%252e%252e/" + after);
            refused(before + "/x%2f..%2f" + after);
            refused(before + "\\" + after);
            refused(before + "/%5C" + after);
            refused(before + "%C0%AF" + after);
            refused(before + "%252F" + after);
            refused(before + "/%EF%BC%8F" + after);
        }
        same(path + "/.");
        same(path + "%2f");
        same(path + "/%2e/");
        refused(path + "//");
        refused(path + "/..");
        refused(path + "/%2e%2e/");
    }

    private void parameters() {
        for (int i : separators()) {
            String before = path.substring(0, i);
            String after = path.substring(i);
            if (i > 0) {
                same(before + ";v=1" + after);
                same(before + "%3Bv=1" + after);
            }
        }
        if (path.length() > 1) {
            same(path + ";jsessionid=1");
            same(path + "%3b");
            same(path + ";.;");
        }
        refused(path + "%3F");
        refused(path + "%3fx=1");
        refused(path + "/%3F/x");
        refused(path + ";..;/..");
    }

    private void brokenText() {
        for (String octets : List.of("%00", "%09", "%0A", "%7F", "%80", "%ff", "%C3", "%C3%A9", "%C4%B1", "%E2%84%AA",
                "%ED%A0%80", "%E0%80%AF", "%F0%80%80%AF", "%F4%90%80%80", "%", "%2", "%zz", "%u0041", "%25%32%65", "%2525")) {
            refused(path + octets);
        }
        for (int i : positions()) {
            refused(path.substring(0, i) + "%C1%" + HEX.toHexDigits((byte) (0x80 | path.charAt(i) & 0x3F)) + path.substring(i + 1));
        }
    }

    private void absoluteForms() {
        Authorities authorities = AUTHORITIES.get(destination.endpoint().orElseThrow());
        authorities.itself.forEach(authority -> same(authority + path));
        authorities.other.forEach(authority -> refused(authority + path));
    }

    /** Paths beside the one that is covered, each plain and disguised. */
    private void neighbours() {
        List<String> beside = new ArrayList<>(List.of(path + "x", path + "-backup", path + "%20"));
        if (path.length() > 2) {
            beside.add(path.substring(0, path.length() - 1));
            beside.add("/x" + path.substring(1));
            beside.add("/x" + path);
        }
        int last = path.lastIndexOf('/');
        if (last > 0) {
            beside.add(path.substring(0, last));
            beside.add(path.substring(0, last) + "x" + path.substring(last));
        }
        for (String neighbour : beside) {
            means(upper(neighbour), neighbour);
            means(neighbour + ";a=b", neighbour);
        }
    }

    private void queries() {
        if (query.isEmpty()) {
            return;
        }
        String constraints = query.substring(1);
        twins.add(new Twin(path, Optional.of(path)));
        twins.add(new Twin(path + "?" + upper(constraints), itself));
        twins.add(new Twin(path + "?x=1&" + constraints, itself));
        twins.add(new Twin(path + "?" + constraints + "&" + constraints, itself));
        String first = constraints.split("&", 2)[0];
        int equals = first.indexOf('=');
        twins.add(new Twin(path + "?" + constraints + "&" + first + "x", Optional.empty()));
        twins.add(new Twin(path + "?" + first + "x&" + constraints, Optional.empty()));
        twins.add(new Twin(path + "?" + first + "x", Optional.of(path + "?" + first + "x")));
        twins.add(new Twin(path + "?" + escape(first.charAt(0)) + constraints.substring(1), itself));
        twins.add(new Twin(path + "?" + constraints + "&" + first.substring(0, equals + 1) + "%zz", Optional.empty()));
        twins.add(new Twin(path + "?" + constraints + "%00", Optional.empty()));
        twins.add(new Twin(path + "%3F" + constraints, Optional.empty()));
    }

    private void same(String spelling) {
        twins.add(new Twin(spelling.concat(query), itself));
    }

    private void means(String spelling, String plain) {
        twins.add(new Twin(spelling.concat(query), Optional.of(plain.concat(query))));
    }

    private void refused(String spelling) {
        twins.add(new Twin(spelling.concat(query), Optional.empty()));
    }

    private int[] positions() {
        return spread(path.length() - 1, POSITIONS, 1);
    }

    /** The first and the last slashes. */
    private int[] separators() {
        int[] all = IntStream.range(0, path.length()).filter(i -> path.charAt(i) == '/').toArray();
        int[] chosen = new int[Math.min(all.length, SEPARATORS)];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = all[i * (all.length - 1) / Math.max(1, SEPARATORS - 1)];
        }
        return chosen;
    }

    private static int[] spread(int available, int wanted, int first) {
        int count = Math.min(available, wanted);
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = first + i * available / count;
        }
        return chosen;
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    private static String escape(char c) {
        return ESCAPES.get(c);
    }
}
