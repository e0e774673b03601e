package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event files: what could not be sent waits in them (telemetry.md sections 4 and 5). Only regular files of their form of name count; everything
 * else in the folder is left alone. Belongs to one thread.
 */
final class EventFolder {
    /** More than a file of ours can have, and what the heap has room for. */
    static final long MOST_BYTES = 10 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(EventFolder.class);
    private static final String MODE = "rw-r-----";
    private static final Pattern NAME = Pattern.compile("[0-9]+\\.json");

    private final Path folder;
    private final long mostFiles;
    private final Supplier<Instant> clock;

    /**
     * @param folder made when it is first needed
     * @param mostFiles a file that would be one more is not written
     */
    EventFolder(Path folder, long mostFiles, Supplier<Instant> clock) {
        this.folder = requireNonNull(folder, "folder");
        this.mostFiles = mostFiles;
        this.clock = requireNonNull(clock, "clock");
    }

    /** Writes a file with these events; false, and a warning, when it cannot. */
    boolean keep(List<GenericEvent> events) {
        try {
            Files.createDirectories(folder);
            if (files().size() >= mostFiles) {
                LOG.warn("{}: {} telemetry events are dropped, expected fewer than {} files", folder, events.size(), mostFiles);
                return false;
            }
            String name = freeName();
            new AtomicFile(folder.resolve(name + ".tmp"), folder.resolve(name + ".json"), MODE).write(out -> EventJson.write(events, out));
            return true;
        } catch (IOException e) {
            LOG.warn("{} telemetry events are dropped: {}", events.size(), e.toString());
            return false;
        }
    }

    /**
     * Offers the events of each file, the oldest file first, and deletes those whose events were taken (telemetry.md Q3) or that hold none that
     * can be read. Ends with the first whose events were not taken.
     *
     * @param taker takes all events or none
     */
    void offer(Predicate<List<GenericEvent>> taker) {
        try {
            for (Path file : files()) {
                if (!offer(file, taker)) {
                    return;
                }
            }
        } catch (IOException e) {
            LOG.warn("telemetry event files cannot be listed: {}", e.toString());
        }
    }

    private boolean offer(Path file, Predicate<List<GenericEvent>> taker) throws IOException {
        List<GenericEvent> events;
        try {
            events = read(file);
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            LOG.warn("{}: deleted, {}", file, e.getMessage());
            events = List.of();
        }
        if (!events.isEmpty() && !taker.test(events)) {
            return false;
        }
        // If this fails, the next look sends the events once more: better twice than never.
        Files.deleteIfExists(file);
        return true;
    }

    private static List<GenericEvent> read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new IOException("expected at most " + MOST_BYTES + " bytes, got " + size);
        }
        try (InputStream in = Channels.newInputStream(Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            return EventJson.read(in, Outbox.CAPACITY);
        }
    }

    /** The oldest first: names are numbers, those of one era have the same length. */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, EventFolder::counts)) {
            entries.forEach(files::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private static boolean counts(Path entry) {
        return NAME.matcher(entry.getFileName().toString()).matches() && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private String freeName() {
        Instant now = clock.get();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        while (Files.exists(folder.resolve(nanos + ".json"), LinkOption.NOFOLLOW_LINKS)) {
            nanos++;
        }
        return Long.toString(nanos);
    }
}
