package countersign.host.simulator.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Says when the vectors copied into this module differ from those of the specification, where that is at hand. */
class VectorCopyTest {
    @Test
    void copiedVectors_areThoseOfTheSpecification() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (root != null && !Files.isDirectory(root.resolve("cnf"))) {
            root = root.getParent();
        }
        assumeTrue(root != null, "no folder above this one holds cnf/");
        Path original = root.resolveSibling("shared").resolve("spec/vectors/signing.json");
        assumeTrue(Files.isRegularFile(original), "the specification is not beside this repository: no ../shared/spec/vectors/signing.json");
        try (InputStream copy = getClass().getResourceAsStream("/vectors/signing.json")) {
            assertArrayEquals(Files.readAllBytes(original), copy.readAllBytes(),
                    "src/test/resources/vectors/signing.json is out of date: copy ../shared/spec/vectors/signing.json again");
        }
    }
}
