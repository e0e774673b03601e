package countersign.files;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** A folder that nobody but the agent's user may enter: owner is that user, mode 0700 (secure-channel.md section 8). */
public final class PrivateFolder {
    private static final int OTHERS = 0077;

    private final Path path;

    public PrivateFolder(Path path) {
        this.path = requireNonNull(path, "path");
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /**
     * Creates the folder when it is missing, else gives it the agent's user and mode 0700, as every start does.
     *
     * @throws IOException when it cannot be made private; {@link #check} then goes on refusing
     */
    public void restrict() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            create();
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            if (owner() != OwnUser.uid()) {
                Files.setAttribute(path, "unix:uid", OwnUser.uid(), LinkOption.NOFOLLOW_LINKS);
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
        check();
    }

    /**
     * Refuses a folder in which others could read, add or replace files.
     *
     * @throws IOException whose message says what was expected and what is there
     */
    public void check() throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + ": expected a folder, got " + (Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? "something else" : "nothing"));
        }
        Map<String, Object> found = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) found.get("uid");
        if (uid != OwnUser.uid()) {
            throw new IOException(path + ": expected owner " + OwnUser.uid() + ", got " + uid);
        }
        int mode = (Integer) found.get("mode") & 07777;
        if ((mode & OTHERS) != 0) {
            throw new IOException(String.format("%s: expected mode 0700, got %04o: others could reach what is stored", path, mode));
        }
    }

    private void create() throws IOException {
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Somebody was faster, for example another part of the agent: what is there now is judged as if it had been there before.
        }
    }

    private int owner() throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }
}
