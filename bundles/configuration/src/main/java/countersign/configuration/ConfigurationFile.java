package countersign.configuration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/** The agent's configuration file: a regular file of at most 1 MiB that not everybody may write. */
final class ConfigurationFile {
    static final int SIZE_LIMIT = 1 << 20;

    private final Path path;
    private final ConfigurationParser parser;

    ConfigurationFile(Path path, ConfigurationParser parser) {
        this.path = requireNonNull(path, "path");
        this.parser = requireNonNull(parser, "parser");
    }

    /** What tells one state of the file from another; equal stamps mean that nothing changed. The mode counts, for it can be what is wrong. */
    record Stamp(FileTime modified, long size, Object inode, Set<PosixFilePermission> mode) {
        static final Stamp ABSENT = new Stamp(null, -1, null, Set.of());
    }

    /** The outcome of reading the file. */
    sealed interface Reading {
        /** @param properties of the configuration, names ignoring case */
        record Valid(Map<String, Object> properties) implements Reading {}

        /** @param message names the file, the position or member, and what is expected */
        record Invalid(String message) implements Reading {}
    }

    Path path() {
        return path;
    }

    Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey(), mode());
        } catch (IOException e) {
            return Stamp.ABSENT;
        }
    }

    Reading read() {
        try {
            return new Reading.Valid(parser.parse(bytes()));
        } catch (InvalidConfigurationException e) {
            return invalid(e.getMessage());
        } catch (NoSuchFileException e) {
            return invalid("missing, expected the agent's JSON configuration");
        } catch (IOException e) {
            return invalid("cannot be read: " + e);
        }
    }

    private byte[] bytes() throws IOException, InvalidConfigurationException {
        // Asked before opening: opening a FIFO would wait for a writer for ever.
        if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
            throw new InvalidConfigurationException("expected a regular file");
        }
        if (mode().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new InvalidConfigurationException("writable by every user, expected mode 0644 or stricter");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(SIZE_LIMIT + 1);
            if (bytes.length > SIZE_LIMIT) {
                throw new InvalidConfigurationException("expected at most " + SIZE_LIMIT + " bytes");
            }
            return bytes;
        }
    }

    /** Empty where the file system knows no modes. */
    private Set<PosixFilePermission> mode() throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        return posix == null ? Set.of() : posix.readAttributes().permissions();
    }

    private Reading.Invalid invalid(String problem) {
        return new Reading.Invalid(path + ": " + problem);
    }
}
