package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.itests.lab.scenes.Scenes;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the demo shows. */
class ScenesIT extends LabTest {
    @TestFactory
    Stream<DynamicTest> scenes() {
        return Scenes.all().stream().map(scene -> DynamicTest.dynamicTest(scene.name(),
                () -> assertEquals(scene.expected(), scene.on(stage()).observation().text())));
    }
}
