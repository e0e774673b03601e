package countersign.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/**
 * A private folder (mode 0700) for the framework's bundle cache, removed at the end. A killed agent leaves its folder
 * behind; the next one removes it. A file lock, which the kernel drops with the process, tells the dead from the living.
 */
final class RunFolder implements AutoCloseable {
    private static final String PREFIX = "countersign-";
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lock;

    private RunFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Where run folders go: what the service manager gave us, else /run when it may be written, else the temporary folder. */
    static Path base() {
        String runtime = System.getenv("RUNTIME_DIRECTORY");
        String state = System.getenv("STATE_DIRECTORY");
        if (runtime != null && !runtime.isEmpty()) {
            return Path.of(runtime.split(":")[0]);
        }
        if (state != null && !state.isEmpty()) {
            return Path.of(state.split(":")[0]);
        }
        Path run = Path.of("/run");
        return Files.isWritable(run) ? run : Path.of(System.getProperty("java.io.tmpdir"));
    }

    static RunFolder create(Path base) throws IOException {
        Path path = Files.createTempDirectory(base, PREFIX,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        sweep(base, Files.getOwner(path));
        FileChannel lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        return new RunFolder(path, lock);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        delete(path);
        lock.close();
    }

    /*
     * A folder without its lock file is one being made just now, or not ours: left alone. So is another user's, who could exchange it for a
     * link while root removes what is in it.
     */
    private static void sweep(Path base, UserPrincipal owner) throws IOException {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (Path old : found) {
                Path lockFile = old.resolve(LOCK);
                if (Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS) && Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)
                        && belongsTo(owner, old) && Files.isWritable(lockFile) && dead(lockFile)) {
                    delete(old);
                }
            }
        }
    }

    private static boolean belongsTo(UserPrincipal owner, Path folder) {
        try {
            return owner.equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean dead(Path lockFile) {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE); FileLock taken = channel.tryLock()) {
            return taken != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, IOException e) throws IOException {
                Files.deleteIfExists(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
