package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    @TempDir
    Path base;

    @Test
    void folder_isPrivateAndGoesAtTheEnd() throws IOException {
        Path path;
        try (RunFolder run = RunFolder.create(base)) {
            path = run.path();
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            Files.createDirectories(path.resolve("cache/bundle1"));
            Files.writeString(path.resolve("cache/bundle1/x"), "x");
        }
        assertFalse(Files.exists(path));
    }

    @Test
    void folderOfADeadAgent_isRemovedByTheNext() throws IOException {
        Path dead = Files.createDirectory(base.resolve("countersign-1"));
        Files.writeString(dead.resolve("lock"), "");
        Path outside = Files.createDirectory(base.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "");
        Files.createSymbolicLink(dead.resolve("link"), outside);
        try (RunFolder run = RunFolder.create(base)) {
            assertFalse(Files.exists(dead));
            assertTrue(Files.exists(outside.resolve("kept")));
            assertTrue(Files.exists(run.path()));
        }
    }

    @Test
    void folderOfAnotherUser_stays() throws IOException {
        Path theirs = Files.createDirectory(base.resolve("countersign-3"));
        Files.writeString(theirs.resolve("lock"), "");
        try {
            Files.setOwner(theirs, base.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            Assumptions.abort("needs root to give a folder away");
        }
        try (RunFolder run = RunFolder.create(base)) {
            assertTrue(Files.exists(theirs.resolve("lock")));
            assertTrue(Files.exists(run.path()));
        }
    }

    @Test
    void folderOfALivingAgent_stays() throws IOException {
        try (RunFolder first = RunFolder.create(base); RunFolder second = RunFolder.create(base)) {
            assertTrue(Files.exists(first.path()));
            assertTrue(Files.exists(second.path()));
        }
    }

    @Test
    void folderBeingMade_stays() throws IOException {
        Path young = Files.createDirectory(base.resolve("countersign-2"));
        try (RunFolder run = RunFolder.create(base)) {
            assertTrue(Files.exists(young));
            assertTrue(Files.exists(run.path()));
        }
    }
}
