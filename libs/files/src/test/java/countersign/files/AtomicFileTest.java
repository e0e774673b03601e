package countersign.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir Path folder;

    @Test
    void file_hasItsModeAtEveryStep() throws Exception {
        Path target = folder.resolve("a.key");
        Path temporary = folder.resolve("a.tmp");
        List<String> seen = new ArrayList<>();
        new AtomicFile(temporary, target, "rw-------", step -> seen.add(step + " " + mode(temporary) + " " + mode(target)))
                .write(new byte[] {1, 2, 3});
        assertEquals(
                List.of(
                        "TEMPORARY_CREATED rw------- none",
                        "TEMPORARY_WRITTEN rw------- none",
                        "TEMPORARY_FLUSHED rw------- none",
                        "RENAMED none rw-------",
                        "FOLDER_FLUSHED none rw-------"),
                seen);
        assertEquals(3, Files.size(target));
    }

    @Test
    void linkInTheWay_isReplacedNotFollowed() throws Exception {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "untouched");
        Path target = Files.createSymbolicLink(folder.resolve("a.key"), elsewhere);
        Path temporary = Files.createSymbolicLink(folder.resolve("a.tmp"), elsewhere);
        new AtomicFile(temporary, target, "rw-------").write(new byte[] {'n', 'e', 'w'});
        assertEquals("untouched", Files.readString(elsewhere));
        assertEquals("new", Files.readString(target));
        assertFalse(Files.isSymbolicLink(target));
    }

    @Test
    void failedWrite_leavesTheOldFileAndNoTemporary() throws Exception {
        Path target = Files.createDirectories(folder.resolve("a.key/full")).getParent();
        Path temporary = folder.resolve("a.tmp");
        IOException refusal = assertThrows(IOException.class, () -> new AtomicFile(temporary, target, "rw-------").write(new byte[1]));
        assertTrue(refusal.getMessage().startsWith("writing " + target + ": "), refusal.getMessage());
        assertFalse(Files.exists(temporary));
        assertTrue(Files.exists(target.resolve("full")));
    }

    @Test
    void contentThatFails_leavesTheOldFileAndNoTemporary() throws Exception {
        Path target = Files.writeString(folder.resolve("a.json"), "old");
        Path temporary = folder.resolve("a.tmp");
        IOException refusal = assertThrows(IOException.class, () -> new AtomicFile(temporary, target, "rw-r-----").write(out -> {
            out.write('n');
            throw new IOException("no more");
        }));
        assertEquals("writing " + target + ": no more", refusal.getMessage());
        assertFalse(Files.exists(temporary));
        assertEquals("old", Files.readString(target));
    }

    private static String mode(Path path) {
        try {
            return Files.exists(path) ? PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) : "none";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
