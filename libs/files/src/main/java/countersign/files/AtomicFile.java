package countersign.files;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes a whole file so that at every moment, also after a crash or a power cut, its old or its new content is there, and never with
 * another mode than the final one (secure-channel.md Q17).
 */
public final class AtomicFile {
    /** What has just been done, in this order. */
    public enum Step {
        TEMPORARY_CREATED,
        TEMPORARY_WRITTEN,
        TEMPORARY_FLUSHED,
        RENAMED,
        FOLDER_FLUSHED
    }

    /** What a file shall hold. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private final Path temporary;
    private final Path target;
    private final String mode;
    private final Consumer<Step> steps;

    /** @param mode for example {@code rw-------}; the umask can only narrow it */
    public AtomicFile(Path temporary, Path target, String mode) {
        this(temporary, target, mode, step -> {});
    }

    /** @param steps told of each step on the writing thread, for tests that stop the process there */
    public AtomicFile(Path temporary, Path target, String mode, Consumer<Step> steps) {
        this.temporary = requireNonNull(temporary, "temporary");
        this.target = requireNonNull(target, "target");
        this.mode = requireNonNull(mode, "mode");
        this.steps = requireNonNull(steps, "steps");
    }

    /**
     * Replaces the file. {@code content} is not kept; overwriting it is up to the caller.
     *
     * @throws IOException when durability cannot be promised; the temporary file is removed, the target is its old or its new self
     */
    public void write(byte[] content) throws IOException {
        write(out -> out.write(content));
    }

    /** The same for a content that is never in memory as a whole; {@code content} need not close the stream. */
    public void write(Content content) throws IOException {
        try {
            fillTemporary(content);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            steps.accept(Step.RENAMED);
            flushFolder(target.toAbsolutePath().getParent());
            steps.accept(Step.FOLDER_FLUSHED);
        } catch (IOException e) {
            removeTemporary(e);
            throw new IOException("writing " + target + ": " + e.getMessage(), e);
        }
    }

    /** Makes a rename or a deletion in a folder durable. */
    public static void flushFolder(Path folder) throws IOException {
        try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
            opened.force(true);
        }
    }

    private void fillTemporary(Content content) throws IOException {
        // A crash may have left one; deleting it and creating anew never follows a link.
        Files.deleteIfExists(temporary);
        Set<? extends OpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel file = FileChannel.open(temporary, options, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
            steps.accept(Step.TEMPORARY_CREATED);
            content.writeTo(Channels.newOutputStream(file));
            steps.accept(Step.TEMPORARY_WRITTEN);
            file.force(true);
            steps.accept(Step.TEMPORARY_FLUSHED);
        }
    }

    private void removeTemporary(IOException cause) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
