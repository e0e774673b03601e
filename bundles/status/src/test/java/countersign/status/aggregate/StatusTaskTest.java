package countersign.status.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTaskTest {
    @TempDir
    private Path folder;

    private final List<String> news = new ArrayList<>();
    private long now = 17;
    private boolean provisioned;
    private StatusTask task;

    @BeforeEach
    void makeTask() {
        task = task(folder.resolve("log"));
    }

    @Test
    void file_waitsForProvisioning() {
        assertFalse(task.tick());
        provisioned = true;
        assertTrue(task.tick());
        assertTrue(Files.exists(folder.resolve("log/status.json")));
    }

    @Test
    void file_isWrittenAfter60SecondsWithoutProvisioning() {
        pass(59);
        assertFalse(task.tick());
        pass(1);
        assertTrue(task.tick());
    }

    @Test
    void file_isWrittenEvery60Seconds() throws IOException {
        provisioned = true;
        assertTrue(task.tick());
        provisioned = false; // no longer asked
        pass(59);
        assertFalse(task.tick());
        pass(1);
        assertTrue(task.tick());
        assertEquals("document " + now, Files.readString(folder.resolve("log/status.json")));
    }

    @Test
    void file_isReadableByOwnerAndGroupOnlyAndAloneInItsFolder() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"), "needs POSIX permissions");
        provisioned = true;
        task.tick();
        Path file = folder.resolve("log/status.json");
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var entries = Files.list(file.getParent())) {
            assertEquals(List.of(file), entries.toList());
        }
    }

    @Test
    void failedWrite_isToldOnceAndInTheMessage() throws IOException {
        Path blocked = Files.writeString(folder.resolve("blocked"), "");
        provisioned = true;
        StatusTask failing = task(blocked);
        assertEquals("started", failing.message());
        failing.tick();
        pass(60);
        failing.tick();
        assertEquals(1, news.size());
        assertEquals(news.get(0), failing.message());
        assertTrue(failing.message().startsWith("status file not written: "), failing.message());
        Files.delete(blocked);
        pass(60);
        failing.tick();
        assertEquals("status file written: " + blocked.resolve("status.json"), failing.message());
        assertEquals(2, news.size());
    }

    @Test
    void memory_isReadFromTheKernelsWords() {
        assertEquals(new ProcessMemory(2, 3), ProcessMemory.of(List.of("Name:\tjava", "VmHWM:\t    3072 kB", "VmRSS:\t    2048 kB")));
    }

    private StatusTask task(Path in) {
        return new StatusTask(new StatusFile(in), () -> ("document " + now).getBytes(StandardCharsets.UTF_8), () -> provisioned, () -> now, news::add);
    }

    private void pass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }
}
