package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** One lab for all tests of a class, and at the end the proof that nothing of it is left. Skipped where something is missing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LabTest {
    private Footprint before;
    private Lab lab;
    private Stage stage;

    @BeforeAll
    void open() throws IOException {
        List<String> missing = Requirements.missing(Checkout.here());
        assumeTrue(missing.isEmpty(), () -> String.join("; ", missing));
        before = Footprint.take();
        lab = Lab.open(Checkout.here());
        stage = new Stage(lab);
    }

    @AfterAll
    void close() throws IOException {
        if (lab != null) {
            lab.close();
            assertEquals(Set.of(), before.awaitNothingMore(Duration.ofSeconds(30)), "left behind");
        }
    }

    Lab lab() {
        return lab;
    }

    Stage stage() {
        return stage;
    }
}
