package countersign.policy.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One rule file on disk, opened only when it can be trusted: a regular file, no link, owned by the trusted user, writable by nobody else, of
 * at most {@value #MAX_BYTES} bytes (authorization.md Q14). Nothing here waits longer than the patience given, whatever stands in the file's
 * place.
 */
final class RuleFile {
    static final int MAX_BYTES = 1 << 20;
    /** Reads that may hang, as in a FIFO that took the file's place at the last moment, before no more are begun. */
    static final int MOST_READING = 4;

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    private final Path path;
    private final int trustedUid;
    private final Executor reader;
    private final Duration patience;
    private final AtomicInteger reading = new AtomicInteger();

    /** What the folder says about the file. */
    sealed interface State {
        /** Not looked at yet. */
        record Unknown() implements State {}

        record Missing() implements State {}

        /** There, and not to be opened: the reason says what was expected. */
        record Untrusted(String reason) implements State {}

        /** Fit to be opened. Two equal states mean: nobody wrote to the file in between. */
        record Present(Object modified, Object changed, Object inode, Object device, long size) implements State {}
    }

    /**
     * @param reader runs the read itself, which can hang on a sick file system
     * @param patience how long a read may take
     */
    RuleFile(Path path, int trustedUid, Executor reader, Duration patience) {
        this.path = requireNonNull(path, "path");
        this.trustedUid = trustedUid;
        this.reader = requireNonNull(reader, "reader");
        this.patience = requireNonNull(patience, "patience");
    }

    Path path() {
        return path;
    }

    State state() {
        Map<String, Object> found;
        try {
            found = Files.readAttributes(path, "unix:mode,uid,size,ino,dev,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return folderIsNone() ? new State.Untrusted(path + ": expected a folder at " + path.getParent()) : new State.Missing();
        } catch (IOException e) {
            return new State.Untrusted(path + ": " + e);
        }
        int mode = (Integer) found.get("mode");
        long size = (Long) found.get("size");
        if ((mode & TYPE) != REGULAR) {
            return new State.Untrusted(path + ": expected a regular file that is no link");
        }
        if ((Integer) found.get("uid") != trustedUid) {
            return new State.Untrusted(path + ": expected owner " + trustedUid + ", got " + found.get("uid"));
        }
        if ((mode & WRITABLE_BY_OTHERS) != 0) {
            return new State.Untrusted(String.format("%s: expected a file that group and others may not write, got mode %04o", path, mode & 07777));
        }
        if (size > MAX_BYTES) {
            return new State.Untrusted(path + ": expected at most " + MAX_BYTES + " bytes, got " + size);
        }
        return new State.Present(found.get("lastModifiedTime"), found.get("ctime"), found.get("ino"), found.get("dev"), size);
    }

    /** Where something else stands in the folder's place, newer runtimes say like of an empty one that there is no such file. */
    private boolean folderIsNone() {
        Path folder = path.getParent();
        return Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder);
    }

    /**
     * The content, provided that the file is in the given state before and after it was read.
     *
     * @throws IOException when it is not, or cannot be read in time
     */
    byte[] read(State.Present expected) throws IOException {
        if (!state().equals(expected)) {
            throw new IOException(path + ": changed before it was read");
        }
        if (reading.get() == MOST_READING) {
            throw new IOException(path + ": " + MOST_READING + " earlier reads have not come back yet");
        }
        CompletableFuture<byte[]> attempt = new CompletableFuture<>();
        reading.incrementAndGet();
        reader.execute(() -> readInto(attempt));
        try {
            byte[] content = attempt.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!state().equals(expected) || content.length != expected.size()) {
                throw new IOException(path + ": changed while it was read");
            }
            return content;
        } catch (ExecutionException e) {
            throw new IOException(path + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(path + ": not read within " + patience.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(path + ": interrupted while reading", e);
        }
    }

    private void readInto(CompletableFuture<byte[]> attempt) {
        try (InputStream in = Channels.newInputStream(
                Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            attempt.complete(in.readNBytes(MAX_BYTES + 1));
        } catch (IOException | RuntimeException e) {
            attempt.completeExceptionally(e);
        } finally {
            reading.decrementAndGet();
        }
    }
}
