package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {
    @TempDir
    Path home;

    @Test
    void namedFile_isTaken() throws IOException, CannotGuardException {
        Path file = Files.writeString(home.resolve("a.json"), "{}");
        assertEquals(file, AgentCommand.config(home, file.toString()));
    }

    @Test
    void namedFileThatIsMissing_isRefusedByName() {
        Path file = home.resolve("a.json");
        assertEquals("configuration file " + file + " is not there",
            assertThrows(CannotGuardException.class, () -> AgentCommand.config(home, file.toString())).getMessage());
    }

    @Test
    void folderForAFile_isRefused() {
        assertThrows(CannotGuardException.class, () -> AgentCommand.config(home, home.toString()));
    }
}
