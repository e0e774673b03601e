package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Where programs and tables live while no agent runs: {@code FOLDER/ABI/maps} and {@code FOLDER/ABI/links} on a bpffs. */
final class PinFolder {
    private static final Path DEFAULT_MOUNT = Path.of("/sys/fs/bpf");
    private static final long BPF_MAGIC = 0xcafe4a11L;
    private static final long NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

    private final Path root;
    private final Path generation;

    PinFolder(Path root) {
        this.root = root;
        this.generation = root.resolve(Integer.toString(Layout.ABI));
    }

    Path map(String name) {
        return generation.resolve("maps").resolve(name);
    }

    Path link(String program) {
        return generation.resolve("links").resolve(program);
    }

    boolean exists() {
        return Files.exists(generation, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the folders, for root only, and mounts the bpffs when it is missing at its usual place. */
    void prepare() throws InterceptionException {
        mountWhenMissing();
        try {
            for (Path folder : List.of(root, generation, generation.resolve("maps"), generation.resolve("links"))) {
                makeWhenMissing(folder);
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            throw new InterceptionException("cannot make " + generation + ": " + e.getMessage(), e);
        }
    }

    /**
     * Waits until no other agent is just starting here, and keeps others waiting until the descriptor is closed: of two that start at once the second
     * has to find what the first has written.
     */
    int lock() throws InterceptionException {
        int folder = Libc.open(Libc.text(generation), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        if (folder < 0 || Libc.flock(folder, Libc.LOCK_EX) != 0) {
            int errno = Libc.errno();
            Libc.close(folder);
            throw new InterceptionException("cannot lock " + generation + ": " + Libc.describe(errno));
        }
        return folder;
    }

    /** Removes this generation's pins: links first, so that nothing is attached without its tables. */
    void remove() throws InterceptionException {
        try {
            removeChildren(generation.resolve("links"));
            removeChildren(generation.resolve("maps"));
            Files.deleteIfExists(generation);
            try (DirectoryStream<Path> others = Files.newDirectoryStream(root)) {
                if (others.iterator().hasNext()) {
                    return;
                }
            }
            Files.delete(root);
        } catch (IOException e) {
            throw new InterceptionException("cannot remove " + generation + ": " + e.getMessage(), e);
        }
    }

    private static void makeWhenMissing(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    private void mountWhenMissing() throws InterceptionException {
        Path existing = root;
        while (!Files.isDirectory(existing)) {
            existing = existing.getParent();
        }
        if (FileSystems.type(existing) == BPF_MAGIC) {
            return;
        }
        if (!root.startsWith(DEFAULT_MOUNT)) {
            throw new InterceptionException("pinFolder " + root + " is not on a bpffs. Mount one (mount -t bpf bpf FOLDER)"
                    + " or use the default, /sys/fs/bpf/countersign");
        }
        byte[] type = Libc.text("bpf");
        if (Libc.mount(type, Libc.text(DEFAULT_MOUNT), type, NOSUID_NODEV_NOEXEC, Libc.text("mode=0700")) != 0) {
            throw new InterceptionException("cannot mount a bpffs at " + DEFAULT_MOUNT + ": " + Libc.describe(Libc.errno())
                    + ". Mount it before the agent starts: mount -t bpf bpf " + DEFAULT_MOUNT);
        }
    }

    private static void removeChildren(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(children::add);
        }
        for (Path child : children) {
            Files.delete(child);
        }
        Files.delete(folder);
    }
}
