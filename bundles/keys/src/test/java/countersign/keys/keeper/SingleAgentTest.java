package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.keys.keeper.SingleAgent.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SingleAgentTest {
    @TempDir Path temp;

    /** Takes the folder and keeps it until it is killed. */
    static final class OtherProcess {
        public static void main(String[] args) throws Exception {
            System.out.println(new SingleAgent(Path.of(args[0])).take());
            System.in.read();
        }
    }

    @Test
    void secondProcess_isRefused_untilTheFirstIsKilled() throws Exception {
        Path folder = temp.resolve("keys");
        Process first = other(folder);
        assertEquals("THIS", first.inputReader().readLine());
        SingleAgent second = new SingleAgent(folder);
        assertEquals(Holder.ANOTHER_PROCESS, second.take());
        assertEquals("another agent (process " + first.pid() + ") uses " + folder
                + ": stop it first (systemctl stop azure-proxy-agent), then start this one again", second.refusal());
        first.destroyForcibly().waitFor();
        assertEquals(Holder.THIS, second.take());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("agent.lock"))));
        second.close();
    }

    @Test
    void processThatIsAboutToEnd_isWaitedFor() throws Exception {
        Path folder = temp.resolve("keys");
        Process first = other(folder);
        assertEquals("THIS", first.inputReader().readLine());
        SingleAgent second = new SingleAgent(folder);
        List<String> pauses = new ArrayList<>();
        assertEquals(Holder.ANOTHER_PROCESS, second.take(2, () -> pauses.add("pause")));
        assertEquals(2, pauses.size());
        assertEquals(Holder.THIS, second.take(2, () -> first.destroyForcibly().waitFor()));
        assertEquals(Holder.THIS, second.take(2, () -> pauses.add("pause")));
        assertEquals(2, pauses.size());
        second.close();
    }

    @Test
    void successorInTheSameProcess_takesOverWithoutAGapForOthers() throws Exception {
        Path folder = temp.resolve("keys");
        SingleAgent predecessor = new SingleAgent(folder);
        SingleAgent successor = new SingleAgent(folder);
        assertEquals(Holder.THIS, predecessor.take());
        assertEquals(Holder.THIS, predecessor.take());
        assertEquals(Holder.PREDECESSOR, successor.take());
        assertEquals("ANOTHER_PROCESS", whatAnotherSees(folder));
        predecessor.close();
        assertEquals(Holder.THIS, successor.take());
        assertEquals("ANOTHER_PROCESS", whatAnotherSees(folder));
        successor.close();
        assertEquals("THIS", whatAnotherSees(folder));
    }

    @Test
    void linkInPlaceOfTheLock_isNotFollowed() throws Exception {
        Path folder = temp.resolve("keys");
        SingleAgent agent = new SingleAgent(folder);
        agent.take();
        agent.close();
        Path elsewhere = Files.writeString(temp.resolve("elsewhere"), "untouched");
        Files.delete(folder.resolve("agent.lock"));
        Files.createSymbolicLink(folder.resolve("agent.lock"), elsewhere);
        assertThrows(IOException.class, agent::take);
        assertEquals("untouched", Files.readString(elsewhere));
    }

    private static String whatAnotherSees(Path folder) throws Exception {
        Process process = other(folder);
        String seen = process.inputReader().readLine();
        assertEquals(137, process.destroyForcibly().waitFor());
        assertTrue(seen != null, "the other process said nothing");
        return seen;
    }

    private static Process other(Path folder) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                OtherProcess.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
