package countersign.files;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {
    @TempDir Path temp;

    @Test
    void missingFolder_isCreatedPrivate() throws Exception {
        Path path = temp.resolve("a/b/keys");
        new PrivateFolder(path).restrict();
        assertEquals("rwx------", mode(path));
    }

    @Test
    void missingFolder_isCreatedByManyAtOnce() throws Exception {
        int many = 4;
        CyclicBarrier start = new CyclicBarrier(many);
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            for (int round = 0; round < 200; round++) {
                PrivateFolder folder = new PrivateFolder(temp.resolve("keys-" + round));
                List<Callable<Void>> tasks = Collections.nCopies(many, () -> {
                    start.await();
                    folder.restrict();
                    return null;
                });
                for (Future<Void> task : threads.invokeAll(tasks)) {
                    task.get();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void openFolder_isRefusedUntilRestricted() throws Exception {
        Path path = Files.createDirectory(temp.resolve("keys"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
        PrivateFolder folder = new PrivateFolder(path);
        assertEquals(path + ": expected mode 0700, got 0750: others could reach what is stored",
                assertThrows(IOException.class, folder::check).getMessage());
        folder.restrict();
        assertDoesNotThrow(folder::check);
        assertEquals("rwx------", mode(path));
    }

    @Test
    void folderOfSomeoneElse_isRefusedUntilRestricted() throws Exception {
        Assumptions.assumeTrue(OwnUser.uid() == 0, "needs root to give a folder away");
        PrivateFolder folder = new PrivateFolder(temp.resolve("keys"));
        folder.restrict();
        Files.setAttribute(folder.path(), "unix:uid", 12345);
        assertEquals(folder.path() + ": expected owner 0, got 12345", assertThrows(IOException.class, folder::check).getMessage());
        folder.restrict();
        assertDoesNotThrow(folder::check);
    }

    @Test
    void linkToAFolder_isRefusedAndNotFollowed() throws Exception {
        Path real = Files.createDirectory(temp.resolve("real"));
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path link = Files.createSymbolicLink(temp.resolve("keys"), real);
        assertEquals(link + ": expected a folder, got something else",
                assertThrows(IOException.class, () -> new PrivateFolder(link).restrict()).getMessage());
        assertEquals("rwxr-xr-x", mode(real));
    }

    @Test
    void missingFolder_isRefused() {
        Path path = temp.resolve("keys");
        assertEquals(path + ": expected a folder, got nothing",
                assertThrows(IOException.class, () -> new PrivateFolder(path).check()).getMessage());
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
