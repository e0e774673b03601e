package countersign.keys.vault.file;

import static java.util.Objects.requireNonNull;

import countersign.files.AtomicFile;
import countersign.files.PrivateFolder;
import countersign.key.json.KeyFormatException;
import countersign.keys.KeyDescription;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file per key, replaced as a whole and durably (secure-channel.md Q17): {@code <guid>.key} is attested, {@code <guid>.unattested} has yet
 * to be and becomes the former by a rename. Stores nothing where others could reach it (Q19) and believes no
 * file that does not hold a key of the guid in its name (Q16).
 */
final class FileKeyVault implements KeyVault {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeyVault.class);
    private static final String KEY = ".key";
    private static final String PENDING = ".unattested";
    private static final String TEMPORARY = ".tmp";
    /** Of keys to be attested. A host that goes on handing out new ones and refusing them must not fill the disk. */
    private static final int PENDING_LIMIT = 4;

    private final PrivateFolder folder;
    private final Consumer<AtomicFile.Step> steps;

    FileKeyVault(Path folder) {
        this(folder, step -> {});
    }

    /** @param steps told of each step of storing and confirming, for tests that stop the process there */
    FileKeyVault(Path folder, Consumer<AtomicFile.Step> steps) {
        this.folder = new PrivateFolder(folder);
        this.steps = requireNonNull(steps, "steps");
    }

    /**
     * Makes the folder private and removes what a crash left half written.
     *
     * @throws IOException when that fails; storing then goes on being refused, loading works
     */
    void open() throws IOException {
        folder.restrict();
        delete(TEMPORARY, guid -> true);
    }

    @Override
    public void store(SigningKey key) throws IOException {
        folder.check();
        List<String> older = newestFirst(PENDING);
        older.remove(key.guid());
        delete(PENDING, older.subList(Math.min(older.size(), PENDING_LIMIT - 1), older.size())::contains);
        byte[] content = KeyFile.content(key);
        try {
            new AtomicFile(folder.resolve(key.guid() + TEMPORARY), path(key.guid(), PENDING), KeyFile.MODE, steps).write(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    @Override
    public void confirm(String guid) throws IOException {
        try {
            Files.move(path(guid, PENDING), path(guid, KEY), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            steps.accept(AtomicFile.Step.RENAMED);
            AtomicFile.flushFolder(folder.path());
            steps.accept(AtomicFile.Step.FOLDER_FLUSHED);
        } catch (IOException e) {
            throw new IOException("renaming " + path(guid, PENDING) + ": " + e.getMessage(), e);
        }
        delete(PENDING, other -> true);
    }

    @Override
    public Optional<SigningKey> pending(String guid) throws IOException {
        return read(guid, PENDING);
    }

    @Override
    public Optional<SigningKey> load(String guid) throws IOException {
        return read(guid, KEY);
    }

    @Override
    public void prune(String current, Optional<String> previous) throws IOException {
        Optional<String> kept = previous.isPresent() ? previous : newestBut(current);
        delete(KEY, guid -> !guid.equals(current) && !Optional.of(guid).equals(kept));
        delete(TEMPORARY, guid -> true);
    }

    private Optional<SigningKey> read(String guid, String suffix) throws IOException {
        if (!KeyDescription.isGuid(guid)) {
            return Optional.empty();
        }
        Path path = path(guid, suffix);
        try {
            SigningKey key = KeyFile.read(path);
            if (!key.guid().equals(guid)) {
                throw new UnusableKeyException("expected the key its name says, got another");
            }
            return Optional.of(key);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (UnusableKeyException | KeyFormatException e) {
            LOG.warn("{}: {}; taken for missing", path, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<String> newestBut(String current) throws IOException {
        return newestFirst(KEY).stream().filter(guid -> !guid.equals(current)).findFirst();
    }

    private List<String> newestFirst(String suffix) throws IOException {
        Map<String, FileTime> written = new HashMap<>();
        for (String guid : guids(suffix)) {
            written.put(guid, Files.getLastModifiedTime(path(guid, suffix), LinkOption.NOFOLLOW_LINKS));
        }
        List<String> guids = new ArrayList<>(written.keySet());
        guids.sort(Comparator.comparing(written::get, Comparator.reverseOrder()));
        return guids;
    }

    private void delete(String suffix, Predicate<String> superfluous) throws IOException {
        boolean deleted = false;
        for (String guid : guids(suffix)) {
            deleted |= superfluous.test(guid) && Files.deleteIfExists(path(guid, suffix));
        }
        if (deleted) {
            AtomicFile.flushFolder(folder.path());
        }
    }

    /** Of the files that are named as this vault names them; others are none of its business. */
    private List<String> guids(String suffix) throws IOException {
        List<String> guids = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path(), "*" + suffix)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String guid = name.substring(0, name.length() - suffix.length());
                if (KeyDescription.isGuid(guid)) {
                    guids.add(guid);
                }
            }
        }
        return guids;
    }

    private Path path(String guid, String suffix) {
        return folder.resolve(guid + suffix);
    }
}
