package countersign.logfile;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A log file of bounded size with a bounded number of predecessors (telemetry.md section 1.3), created with mode 0640 in a folder that is
 * created on demand. The file stays open and is opened anew when somebody has moved or deleted it. One writer per file; not thread-safe.
 */
public final class RollingFile implements AutoCloseable {
    /** Limit of the agent's log files; one write may exceed it, the next then starts a new file. */
    public static final long TEN_MEBIBYTES = 10L << 20;

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH.mm.ss.SSS").withZone(ZoneOffset.UTC);
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
    private static final FileAttribute<?>[] PRIVATE = FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))}
            : new FileAttribute<?>[0];

    private final Path path;
    private final long sizeLimit;
    private final int fileLimit;
    private final Clock clock;
    private SeekableByteChannel open;
    private Object identity;

    /**
     * @param fileLimit how many files there may be, the live one included
     * @param clock names the predecessors
     */
    public RollingFile(Path path, long sizeLimit, int fileLimit, Clock clock) {
        if (sizeLimit < 1 || fileLimit < 1) {
            throw new IllegalArgumentException("log file limits: expected positive ones, got " + sizeLimit + " and " + fileLimit);
        }
        this.path = requireNonNull(path, "path");
        this.sizeLimit = sizeLimit;
        this.fileLimit = fileLimit;
        this.clock = requireNonNull(clock, "clock");
    }

    public Path path() {
        return path;
    }

    /**
     * Appends whole lines; {@code lines} includes their ends.
     *
     * @throws IOException naming the file; the lines are lost, the next write tries anew
     */
    public void append(ByteBuffer lines) throws IOException {
        try {
            SeekableByteChannel channel = channel();
            while (lines.hasRemaining()) {
                channel.write(lines);
            }
        } catch (IOException e) {
            close();
            throw new IOException("writing " + path + ": " + e, e);
        }
    }

    @Override
    public void close() {
        SeekableByteChannel channel = open;
        open = null;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing is buffered here, so nothing is lost, and there is nobody to tell.
                identity = null;
            }
        }
    }

    private SeekableByteChannel channel() throws IOException {
        BasicFileAttributes there = attributes();
        if (open != null && (there == null || !identity(there).equals(identity))) {
            close();
        }
        if (there != null && there.size() >= sizeLimit) {
            close();
            roll();
        }
        if (open == null) {
            Path folder = path.toAbsolutePath().getParent();
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            open = Files.newByteChannel(path, APPEND, PRIVATE);
            BasicFileAttributes opened = attributes();
            identity = opened == null ? null : identity(opened);
        }
        return open;
    }

    private void roll() throws IOException {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        Files.move(path, path.resolveSibling(path.getFileName() + "." + STAMP.format(now) + "-" + nanos + ".log"));
        List<Path> kept = predecessors();
        // The live file, about to be created, is one of them.
        for (Path oldest : kept.subList(0, Math.max(0, kept.size() - (fileLimit - 1)))) {
            Files.deleteIfExists(oldest);
        }
    }

    private List<Path> predecessors() throws IOException {
        String prefix = path.getFileName() + ".";
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path.toAbsolutePath().getParent(),
                entry -> entry.getFileName().toString().startsWith(prefix) && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))) {
            entries.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    private BasicFileAttributes attributes() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }

    private static Object identity(BasicFileAttributes attributes) {
        return attributes.fileKey() == null ? "unknown" : attributes.fileKey();
    }
}
