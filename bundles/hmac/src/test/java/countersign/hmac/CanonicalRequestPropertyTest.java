package countersign.hmac;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random requests against a second reading of signing.md sections 3 to 6, written for clarity alone. */
class CanonicalRequestPropertyTest {
    private static final int REQUESTS = 20_000;

    @Test
    void canonicalString_agreesWithASecondReadingOfTheRules() {
        Random random = new Random(20250114);
        for (int i = 0; i < REQUESTS; i++) {
            RequestHead head = randomHead(random);
            CanonicalRequest canonical = CanonicalRequest.of(head, Target.of(head.target()).orElseThrow());
            assertEquals(
                    naive(head), text(canonical.beforeBody()) + "<body>" + text(canonical.afterBody()), () -> "target " + head.target());
        }
    }

    @Test
    void collision_isWhatDisplacesADifferentPair() {
        Random random = new Random(7);
        int collisions = 0;
        for (int i = 0; i < REQUESTS; i++) {
            StringBuilder pairs = new StringBuilder();
            for (int j = random.nextInt(4); j >= 0; j--) {
                pairs.append(randomText(random, "aA", 3)).append(random.nextBoolean() ? "=" : "").append(randomText(random, "a=", 2)).append('&');
            }
            String query = pairs.toString();
            Map<String, String> spellings = new TreeMap<>();
            boolean expected = false;
            for (String pair : query.split("&")) {
                String spelling = spelling(pair);
                String before = spelling == null ? null : spellings.put(sortText(pair), spelling);
                expected |= before != null && !before.equals(spelling);
            }
            assertEquals(expected, CanonicalQuery.of(query).collides(), query);
            collisions += expected ? 1 : 0;
        }
        assertEquals(true, collisions > REQUESTS / 100 && collisions < REQUESTS * 99 / 100, "the inputs must show both, collisions: " + collisions);
    }

    private static String naive(RequestHead head) {
        Map<String, String> headers = new TreeMap<>();
        head.headers().forEach(field -> headers.put(field.name(), field.value().replaceAll("^[ \t]+|[ \t]+$", "")));
        headers.remove("x-ms-azure-host-authorization");
        String target = head.target().replaceFirst("^http://[^/?]*", "");
        String path = target.replaceFirst("\\?.*", "");
        String query = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
        Map<String, String> pairs = new TreeMap<>();
        for (String pair : query.split("&")) {
            if (spelling(pair) != null) {
                pairs.put(sortText(pair), spelling(pair));
            }
        }
        return head.method() + "\n<body>\n"
                + headers.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue() + "\n").collect(Collectors.joining())
                + (path.isEmpty() ? "/" : path) + "\n" + String.join("&", pairs.values());
    }

    private static String sortText(String pair) {
        String[] parts = pair.split("=", 2);
        return parts[0].toLowerCase() + (parts.length == 2 ? parts[1] : "");
    }

    /** The pair as it is written out, or null when it is dropped. */
    private static String spelling(String pair) {
        String[] parts = pair.split("=", 2);
        String value = parts.length == 2 ? parts[1] : "";
        return parts[0].isEmpty() ? null : parts[0].toLowerCase() + (value.isEmpty() ? "" : "=" + value);
    }

    private static RequestHead randomHead(Random random) {
        String[] names = {"host", "a", "a-b", "a_b", "a0", "accept", "x-ms-azure-host-authorization", "x-ms-version", "Cookie", "ACCEPT"};
        List<HeaderField> headers = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            headers.add(new HeaderField(names[random.nextInt(names.length)], randomText(random, " \tab:=~\"", 6)));
        }
        String path = "/" + randomText(random, "aB%2F.;~/", 8);
        String[] prefixes = {"", "http://169.254.169.254", "http://h:80"};
        String prefix = prefixes[random.nextInt(3)];
        String target = prefix + (prefix.isEmpty() || random.nextBoolean() ? path : "") + (random.nextInt(4) == 0 ? "" : "?" + randomQuery(random));
        return new RequestHead(random.nextBoolean() ? "GET" : "POST", target, headers);
    }

    private static String randomQuery(Random random) {
        return randomText(random, "aAb=&&=%2F+?", 14);
    }

    private static String randomText(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(length + 1); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
