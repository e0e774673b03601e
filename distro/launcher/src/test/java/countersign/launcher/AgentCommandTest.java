package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    void tools_areToldTheFileOfTheAgentFirst() {
        assertEquals(List.of("--config", "x", "--y"), tail(AgentCommand.withConfig(home, new String[] {"--config", "x", "--y"})));
        String[] plain = AgentCommand.withConfig(home, new String[0]);
        assertEquals("--config", plain[0]);
        assertTrue(plain[1].endsWith("/proxy-agent.json"), plain[1]);
    }

    private static List<String> tail(String[] words) {
        return List.of(words).subList(2, words.length);
    }

    @Test
    void folderForAFile_isRefused() {
        assertThrows(CannotGuardException.class, () -> AgentCommand.config(home, home.toString()));
    }
}
