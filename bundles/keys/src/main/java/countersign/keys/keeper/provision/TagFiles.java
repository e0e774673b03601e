package countersign.keys.keeper.provision;

import countersign.files.AtomicFile;
import countersign.files.PrivateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The two files that provisioning tools look for (secure-channel.md section 8). */
final class TagFiles {
    private static final String MODE = "rw-------";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final PrivateFolder folder;

    TagFiles(Path folder) {
        this.folder = new PrivateFolder(folder);
    }

    /** @param error empty on success */
    void write(Instant finished, String error) throws IOException {
        if (!Files.exists(folder.path(), LinkOption.NOFOLLOW_LINKS)) {
            folder.restrict();
        }
        write("provisioned.tag", TIME.format(finished));
        write("status.tag", escape(error));
    }

    /** The five characters that are special in XML, as named entities. */
    static String escape(String text) {
        return text.replace("&", "&amp;").replace("'", "&apos;").replace("\"", "&quot;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void write(String name, String content) throws IOException {
        new AtomicFile(folder.resolve(name + ".tmp"), folder.resolve(name), MODE).write(content.getBytes(StandardCharsets.UTF_8));
    }
}
