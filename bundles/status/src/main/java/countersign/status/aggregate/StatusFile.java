package countersign.status.aggregate;

import countersign.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code status.json}: at every moment whole, mode 0640 from its first byte (status.md section 4 and Q5). */
final class StatusFile {
    private final Path folder;

    StatusFile(Path folder) {
        this.folder = folder;
    }

    Path path() {
        return folder.resolve("status.json");
    }

    /** @throws IOException naming the file; the document before it is still there */
    void write(byte[] document) throws IOException {
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new IOException("creating folder " + folder + ": " + e, e);
            }
        }
        new AtomicFile(folder.resolve("status.tmp"), path(), "rw-r-----").write(document);
    }
}
