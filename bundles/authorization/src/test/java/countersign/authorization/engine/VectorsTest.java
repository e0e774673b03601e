package countersign.authorization.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.authorization.Decision;
import countersign.authorization.Stage;
import countersign.authorization.engine.canonical.Canonical;
import countersign.authorization.engine.canonical.CanonicalError;
import countersign.authorization.engine.canonical.Canonicalizer;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Profile;
import countersign.rules.json.MalformedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published conformance vectors, in both profiles. */
class VectorsTest {
    static List<Vector> all() throws IOException {
        return Vector.all();
    }

    @Test
    void vectors_areTheWholeSet() throws IOException {
        assertEquals(189, all().size());
    }

    @Test
    void copy_isUpToDate() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (root != null && !Files.isDirectory(root.resolve("cnf"))) {
            root = root.getParent();
        }
        Assumptions.assumeTrue(root != null, "not run inside the repository");
        Path published = root.resolveSibling("shared/spec/vectors/authorization.json");
        Assumptions.assumeTrue(Files.exists(published), "no published vectors beside the repository");
        assertArrayEquals(Files.readAllBytes(published), Files.readAllBytes(root.resolve("bundles/authorization/src/test/resources/vectors/authorization.json")),
                "copy the published vectors again");
    }

    @ParameterizedTest
    @MethodSource("all")
    void vector_inCompat(Vector vector) throws Exception {
        assertVector(vector, Profile.COMPAT, vector.text("expected"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void vector_inStrict(Vector vector) throws Exception {
        assertVector(vector, Profile.STRICT, vector.text("expectedStrict"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void vector_canonicalForm(Vector vector) {
        if (!vector.json().has("canonical")) {
            return;
        }
        Canonical canonical = Canonicalizer.canonicalize(vector.facts().method(), vector.facts().target());
        assertEquals(describe(vector.json().get("canonical").path("form").asText(null), vector.json().get("canonical").path("error").asText(null)),
                canonical instanceof Canonical.Form form ? describe(form.render(), null) : describe(null, code((Canonical.Refused) canonical)));
    }

    private static void assertVector(Vector vector, Profile profile, String expected) throws Exception {
        if (expected.equals("document-rejected")) {
            assertEquals("parse", vector.text("decidedBy"));
            assertThrows(MalformedJson.class, () -> vector.policy(profile));
            return;
        }
        CompiledPolicy policy = vector.policy(profile);
        Decision decision = policy.decide(vector.facts(), profile);
        assertEquals(expected, decision.fold(allow -> "allow", audited -> "allow-audited", deny -> "deny"));
        if (profile == Profile.COMPAT) {
            assertEquals(vector.text("decidedBy"), decision.explanation().stage().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            assertEquals(vector.json().get("agentStatus").asInt(0), status(decision));
            if (vector.json().has("canonicalDecision")) {
                String canonical = policy.canonicalDecision(vector.facts()).orElseThrow();
                assertEquals(vector.text("canonicalDecision"), canonical.replace("OVERLONG", "UTF8"));
            }
        }
        if (vector.json().has("effectiveRuleId")) {
            assertEquals(vector.text("effectiveRuleId"), policy.items().of(vector.facts().destination()).orElseThrow().id());
        }
    }

    private static int status(Decision decision) {
        boolean method = decision.explanation().stage() == Stage.METHOD;
        return decision.fold(allow -> 0, audited -> 0, deny -> method ? 405 : 403);
    }

    /** Either of the two codes is right for overlong sequences (canonicalization.md section 2). */
    private static String code(Canonical.Refused refused) {
        return refused.error() == CanonicalError.OVERLONG ? CanonicalError.UTF8.code() : refused.error().code();
    }

    private static String describe(String form, String error) {
        return form == null ? "error " + error : "form " + form;
    }
}
