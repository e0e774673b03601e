package countersign.itests.lab.scenes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SceneTest {
    @Test
    void scene_isAsExpectedOnlyInTheSameWords() {
        assertTrue(new Scene("n", "200", stage -> new Observation("200", "after 3 ms")).on(null).asExpected());
        assertFalse(new Scene("n", "200", stage -> Observation.of("200 ")).on(null).asExpected());
    }

    @Test
    void brokenScene_isObservedAndWrong() {
        Scene.Report report = new Scene("n", "200", stage -> {
            throw new IOException("no agent");
        }).on(null);
        assertEquals("broke off: no agent", report.observation().text());
        assertFalse(report.asExpected());
    }
}
