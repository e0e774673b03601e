package countersign.rules.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import countersign.policy.RuleDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Broken documents for a fixed time: two seconds in every build, {@code -Dcountersign.fuzz.seconds} for more, {@code -Dcountersign.fuzz.seed}
 * to see a failure again.
 */
class RuleDocumentsFuzzTest {
    private static final String DOCUMENT = """
            {"imds":{"defaultAccess":"Deny","mode":"audit","id":"é","rules":{"privileges":[{"name":"p","path":"/A","queryParameters":
            {"k":"v","K":""}}],"roles":[{"name":"r","privileges":["p","q"]}],"identities":[{"name":"i","userName":"u","groupName":null,
            "exePath":"/e","processName":"n"},{"name":"j"}],"roleAssignments":[{"role":"r","identities":[]}]}},"x":[1,{"y":-2.5e3}]}""";
    private static final List<String> PIECES = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "1e9999", "-", "\"imds\"", "\"mode\":", "\\u0000", "\\ud800",
            "\u0000", "\ufeff", "[[[[[[[[", "{\"a\":", "//", "/*", "NaN", "\"rules\":null,", "\u2028", "é");

    /** So many also on a machine that stands still for the whole time. */
    private static final int LEAST = 500;

    private final long seed = Long.getLong("countersign.fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void anyBytes_areReadOrRefused_andWhatIsReadCanBeWritten() throws Exception {
        long end = System.nanoTime() + Long.getLong("countersign.fuzz.seconds", 2) * 1_000_000_000;
        long refused = 0;
        long read = 0;
        while (System.nanoTime() < end || read + refused < LEAST) {
            byte[] bytes = mutated();
            try {
                RuleDocument document = RuleDocuments.parse(bytes);
                assertEquals(document, RuleDocuments.parse(written(document)), () -> "seed " + seed);
                read++;
            } catch (MalformedJson e) {
                refused++;
                assertTrue(e.getMessage().length() < 700 && e.line() >= 1 && e.column() >= 1, () -> "seed " + seed + ": " + e.getMessage());
            }
            try {
                LocalRuleFiles.read(bytes);
            } catch (MalformedJson | LocalRuleFiles.Invalid e) {
                assertTrue(e.getMessage().length() < 700, () -> "seed " + seed + ": " + e.getMessage());
            }
        }
        System.out.println("documents read, seed " + seed + ": " + read + ", refused: " + refused);
        assertTrue(read > 10 && refused > 10, read + " read, " + refused + " refused");
    }

    private byte[] mutated() {
        byte[] bytes = DOCUMENT.getBytes(StandardCharsets.UTF_8);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length + 1);
            int until = Math.min(bytes.length, at + (random.nextInt(3) == 0 ? random.nextInt(40) : random.nextInt(2)));
            byte[] piece = switch (random.nextInt(4)) {
                case 0 -> new byte[] {(byte) random.nextInt(256)};
                case 1 -> PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
                case 2 -> PIECES.get(random.nextInt(PIECES.size())).repeat(random.nextInt(200)).getBytes(StandardCharsets.UTF_8);
                default -> new byte[0];
            };
            byte[] changed = new byte[at + piece.length + bytes.length - until];
            System.arraycopy(bytes, 0, changed, 0, at);
            System.arraycopy(piece, 0, changed, at, piece.length);
            System.arraycopy(bytes, until, changed, at + piece.length, bytes.length - until);
            bytes = changed.length == 0 ? new byte[] {' '} : changed;
        }
        return bytes;
    }

    private static byte[] written(RuleDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(out)) {
            new RuleDocumentWriter(json).document(document);
        }
        return out.toByteArray();
    }
}
