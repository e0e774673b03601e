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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file per key, replaced as a whole and durably (secure-channel.md Q17). Stores nothing where others could reach it (Q19) and believes no
 * file that does not hold a key of the guid in its name (Q16).
 */
final class FileKeyVault implements KeyVault {
    private static final Logger LOG = LoggerFactory.getLogger(FileKeyVault.class);
    private static final String KEY = ".key";
    private static final String TEMPORARY = ".tmp";

    private final PrivateFolder folder;
    private final Consumer<AtomicFile.Step> steps;

    FileKeyVault(Path folder) {
        this(folder, step -> {});
    }

    /** @param steps told of each step of storing, for tests that stop the process there */
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
        byte[] content = KeyFile.content(key);
        try {
            new AtomicFile(folder.resolve(key.guid() + TEMPORARY), path(key.guid()), KeyFile.MODE, steps).write(content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    @Override
    public Optional<SigningKey> load(String guid) throws IOException {
        if (!KeyDescription.isGuid(guid)) {
            return Optional.empty();
        }
        try {
            SigningKey key = KeyFile.read(path(guid));
            if (!key.guid().equals(guid)) {
                throw new UnusableKeyException("expected the key its name says, got another");
            }
            return Optional.of(key);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (UnusableKeyException | KeyFormatException e) {
            LOG.warn("{}: {}; taken for missing", path(guid), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void prune(String current, Optional<String> previous) throws IOException {
        delete(KEY, guid -> !guid.equals(current) && !Optional.of(guid).equals(previous));
        delete(TEMPORARY, guid -> true);
    }

    /** Deletes only what is named as this vault names files. */
    private void delete(String suffix, Predicate<String> superfluous) throws IOException {
        boolean deleted = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path(), "*" + suffix)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String guid = name.substring(0, name.length() - suffix.length());
                if (KeyDescription.isGuid(guid) && superfluous.test(guid)) {
                    deleted |= Files.deleteIfExists(file);
                }
            }
        }
        if (deleted) {
            AtomicFile.flushFolder(folder.path());
        }
    }

    private Path path(String guid) {
        return folder.resolve(guid + KEY);
    }
}
