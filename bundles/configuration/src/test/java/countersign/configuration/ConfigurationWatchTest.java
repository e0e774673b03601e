package countersign.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationWatchTest {
    private static final String GOOD = "{\"logFolder\":\"%s\",\"eventFolder\":\"\",\"latchKeyFolder\":\"k\",\"monitorIntervalInSeconds\":60,"
            + "\"pollKeyStatusIntervalInSeconds\":15,\"ebpfProgramName\":\"e\"}";

    @TempDir
    private Path folder;

    private final List<String> seen = new ArrayList<>();
    private long modified = 1_000_000;
    private boolean failing;

    @Test
    void missingFile_atStart_isUnusable() {
        watch().start();
        assertEquals(List.of("unusable " + file() + ": missing, expected the agent's JSON configuration"), seen);
    }

    @Test
    void invalidFile_atStart_isUnusable() throws IOException {
        write("{}");
        watch().start();
        assertEquals(List.of("unusable " + file() + ": logFolder: missing, expected a string"), seen);
    }

    @Test
    void unchangedFile_isNotReadAgain() throws IOException {
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        watch.poll();
        watch.poll();
        assertEquals(List.of("valid a"), seen);
    }

    @Test
    void changedFile_isTakenOverAtTheNextPoll() throws IOException {
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        write(GOOD.formatted("b"));
        watch.poll();
        assertEquals(List.of("valid a", "valid b"), seen);
    }

    @Test
    void replacedFile_ofEqualTimeAndSize_isTakenOver() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"), "needs file identities (inodes)");
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        Path next = folder.resolve("next");
        Files.writeString(next, GOOD.formatted("b"));
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(file()));
        Files.move(next, file(), StandardCopyOption.REPLACE_EXISTING);
        watch.poll();
        assertEquals(List.of("valid a", "valid b"), seen);
    }

    @Test
    void invalidChange_isReportedOnceAndRepaired() throws IOException {
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        write("{\"logFolder\": 1}");
        watch.poll();
        assertEquals(List.of("valid a"), seen, "may still be in the middle of being written");
        watch.poll();
        watch.poll();
        assertEquals(
                List.of("valid a", "ignored " + file() + ": line 1, column 15: logFolder: expected a string, got 1"), seen);
        write(GOOD.formatted("c"));
        watch.poll();
        assertEquals("valid c", seen.get(2));
    }

    @Test
    void fileThatVanishes_isReported() throws IOException {
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        Files.delete(file());
        watch.poll();
        watch.poll();
        assertEquals(List.of("valid a", "ignored " + file() + ": missing, expected the agent's JSON configuration"), seen);
    }

    @Test
    void fileEverybodyMayWrite_isRefused() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "needs POSIX permissions");
        write(GOOD.formatted("a"));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
        watch().start();
        assertEquals(List.of("unusable " + file() + ": writable by every user, expected mode 0644 or stricter"), seen);
    }

    @Test
    void changeEverybodyMayWrite_isTakenOverOnceItsModeIsRight() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "needs POSIX permissions");
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        write(GOOD.formatted("b"));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));
        watch.poll();
        watch.poll();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        watch.poll();
        assertEquals(List.of("valid a", "ignored " + file() + ": writable by every user, expected mode 0644 or stricter", "valid b"), seen);
    }

    @Test
    void changeThatCouldNotBeTakenOver_isTriedAgain() throws IOException {
        write(GOOD.formatted("a"));
        ConfigurationWatch watch = watch();
        watch.start();
        write(GOOD.formatted("b"));
        failing = true;
        assertThrows(UncheckedIOException.class, watch::poll);
        failing = false;
        watch.poll();
        assertEquals(List.of("valid a", "valid b"), seen);
    }

    @Test
    void hugeFile_isRefused() throws IOException {
        write(" ".repeat(ConfigurationFile.SIZE_LIMIT + 1));
        watch().start();
        assertEquals(List.of("unusable " + file() + ": expected at most 1048576 bytes"), seen);
    }

    @Test
    @Timeout(180)
    void fifo_isRefusedWithoutWaiting() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "needs mkfifo");
        assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", file().toString()).start().waitFor());
        watch().start();
        assertEquals(List.of("unusable " + file() + ": expected a regular file"), seen);
    }

    private Path file() {
        return folder.resolve("proxy-agent.json");
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
        Files.setLastModifiedTime(file(), FileTime.fromMillis(modified += Duration.ofSeconds(1).toMillis()));
    }

    private ConfigurationWatch watch() {
        return new ConfigurationWatch(new ConfigurationFile(file(), new ConfigurationParser(name -> null)), new ConfigurationWatch.Listener() {
            @Override
            public void valid(Map<String, Object> properties) {
                if (failing) {
                    throw new UncheckedIOException(new IOException("played"));
                }
                seen.add("valid " + properties.get("logFolder"));
            }

            @Override
            public void unusable(String message) {
                seen.add("unusable " + message);
            }

            @Override
            public void ignored(String message) {
                seen.add("ignored " + message);
            }
        });
    }
}
