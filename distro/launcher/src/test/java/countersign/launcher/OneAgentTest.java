package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class OneAgentTest {
    @TempDir
    Path base;

    private final List<Process> others = new ArrayList<>();

    /** Tries to enter whenever it is told to, says how it went, and leaves when it is told to. */
    static final class OtherProcess {
        public static void main(String[] args) throws Exception {
            System.out.println("ready");
            while (System.in.read() >= 0) {
                try {
                    OneAgent entered = OneAgent.enter(Path.of(args[0]));
                    System.out.println("entered");
                    System.in.read();
                    entered.close();
                } catch (CannotGuardException e) {
                    System.out.println(e.getMessage());
                    System.in.read();
                }
                System.out.println("left");
            }
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        for (Process other : others) {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void secondAgent_isRefusedByName_untilTheFirstIsKilled() throws Exception {
        Process first = other();
        assertEquals("entered", tell(first));
        assertEquals(refusal(first), assertThrows(CannotGuardException.class, () -> OneAgent.enter(base)).getMessage());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve("countersign.lock"))));
        first.destroyForcibly().waitFor();
        OneAgent.enter(base).close();
        assertEquals("entered", tell(other()));
    }

    @Test
    void manyAtOnce_exactlyOneEnters_andEveryOtherNamesIt() throws Exception {
        List<Process> all = List.of(other(), other(), other(), other());
        for (int round = 0; round < 100; round++) {
            for (Process one : all) {
                go(one);
            }
            List<String> said = new ArrayList<>();
            for (Process one : all) {
                said.add(line(one));
            }
            Process winner = all.get(said.indexOf("entered"));
            Set<String> expected = new HashSet<>(Set.of("entered", refusal(winner)));
            assertEquals(expected, new HashSet<>(said), "round " + round);
            assertEquals(1, said.stream().filter("entered"::equals).count(), "round " + round);
            for (Process one : all) {
                assertEquals("left", tell(one));
            }
        }
    }

    @Test
    void folderThatOthersCanWrite_hasNoLockThatTheyCouldHold() throws Exception {
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxrwxrwx"));
        OneAgent.enter(base).close();
        assertFalse(Files.exists(base.resolve("countersign.lock")));
    }

    @Test
    void linkInPlaceOfTheLock_isNotFollowed() throws Exception {
        Path elsewhere = Files.writeString(base.resolve("elsewhere"), "untouched");
        Files.createSymbolicLink(base.resolve("countersign.lock"), elsewhere);
        assertThrows(IOException.class, () -> OneAgent.enter(base));
        assertEquals("untouched", Files.readString(elsewhere));
    }

    private Process other() throws Exception {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto",
            "-cp", System.getProperty("java.class.path"), OtherProcess.class.getName(), base.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        others.add(other);
        assertEquals("ready", line(other));
        return other;
    }

    private static String tell(Process process) throws IOException {
        go(process);
        return line(process);
    }

    private static void go(Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    private static String line(Process process) throws IOException {
        BufferedReader reader = process.inputReader();
        return reader.readLine();
    }

    private static String refusal(Process holder) {
        return "another agent, process " + holder.pid() + ", runs on this machine; stop it first (systemctl stop azure-proxy-agent), then start this one again";
    }
}
