package countersign.authorization.engine.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import countersign.policy.RuleDocument;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.RuleDocumentWriter;
import countersign.rules.json.RuleDocuments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.statistics.Statistics;

/** Rule documents in which bytes are lost, replaced or put in between. */
class RuleDocumentsFuzzTest {
    private static final String DOCUMENT = """
            {"imds":{"defaultAccess":"Deny","mode":"audit","id":"é","rules":{"privileges":[{"name":"p","path":"/A","queryParameters":
            {"k":"v","K":""}}],"roles":[{"name":"r","privileges":["p","q"]}],"identities":[{"name":"i","userName":"u","groupName":null,
            "exePath":"/e","processName":"n"},{"name":"j"}],"roleAssignments":[{"role":"r","identities":[]}]}},"x":[1,{"y":-2.5e3}]}""";
    private static final byte[] BYTES = DOCUMENT.getBytes(StandardCharsets.UTF_8);
    private static final List<String> PIECES = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "1e9999", "-", "\"imds\"", "\"mode\":", "\\u0000", "\\ud800",
            "\u0000", "\ufeff", "[[[[[[[[", "{\"a\":", "//", "/*", "NaN", "\"rules\":null,", "\u2028", "é");

    /** {@code lost} bytes at {@code at}, both cut to what there is, make room for {@code piece}. */
    record Damage(int at, int lost, byte[] piece) {
        byte[] done(byte[] bytes) {
            int from = Math.min(at, bytes.length);
            int to = Math.min(from + lost, bytes.length);
            ByteArrayOutputStream damaged = new ByteArrayOutputStream();
            damaged.write(bytes, 0, from);
            damaged.writeBytes(piece);
            damaged.write(bytes, to, bytes.length - to);
            return damaged.toByteArray();
        }
    }

    @Property(tries = TimeSlice.WITHOUT_END, seed = TimeSlice.SEED)
    @AddLifecycleHook(TimeSlice.class)
    void anyBytes_areReadOrRefused_andWhatIsReadCanBeWritten(@ForAll("damages") List<Damage> damages) throws IOException {
        byte[] bytes = BYTES;
        for (Damage damage : damages) {
            bytes = damage.done(bytes);
        }
        boolean read = false;
        try {
            RuleDocument document = RuleDocuments.parse(bytes);
            assertEquals(document, RuleDocuments.parse(written(document)));
            read = true;
        } catch (MalformedJson e) {
            assertTrue(e.getMessage().length() < 700 && e.line() >= 1 && e.column() >= 1, e.getMessage());
        }
        try {
            LocalRuleFiles.read(bytes);
        } catch (MalformedJson | LocalRuleFiles.Invalid e) {
            assertTrue(e.getMessage().length() < 700, e.getMessage());
        }
        Statistics.label("read").collect(read).coverage(coverage -> {
            coverage.check(true).percentage(share -> share > 2);
            coverage.check(false).percentage(share -> share > 2);
        });
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        Arbitrary<byte[]> octet = Arbitraries.bytes().map(b -> new byte[] {b});
        Arbitrary<byte[]> text = Arbitraries.of(PIECES).map(piece -> piece.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> repeated = Combinators.combine(Arbitraries.of(PIECES), Arbitraries.integers().between(0, 200))
                .as((piece, times) -> piece.repeat(times).getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> piece = Arbitraries.oneOf(octet, text, repeated, Arbitraries.just(new byte[0]));
        Arbitrary<Integer> lost = Arbitraries.oneOf(Arbitraries.integers().between(0, 1), Arbitraries.integers().between(0, 40));
        return Combinators.combine(Arbitraries.integers().between(0, BYTES.length), lost, piece).as(Damage::new).list().ofMinSize(1).ofMaxSize(3);
    }

    private static byte[] written(RuleDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var json = new JsonFactory().createGenerator(out)) {
            new RuleDocumentWriter(json).document(document);
        }
        return out.toByteArray();
    }
}
