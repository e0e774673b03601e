package countersign.interception.linux;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import countersign.interception.InterceptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is to be detached: as an option says, else as the agent's configuration file says, else the default. */
final class DetachOptions {
    private static final int FILE_LIMIT = 1 << 20;

    private String pinFolder;
    private String library;
    private Path file;

    /** @throws IllegalArgumentException when the words are none that {@code detach} knows */
    DetachOptions(String[] words) {
        for (int i = 0; i < words.length; i += 2) {
            if (i + 1 == words.length) {
                throw new IllegalArgumentException(words[i] + ": expected a value after it");
            }
            switch (words[i]) {
                case "--config" -> file = Path.of(words[i + 1]);
                case "--pin-folder" -> pinFolder = words[i + 1];
                case "--libbpf" -> library = words[i + 1];
                default -> throw new IllegalArgumentException("unknown argument: " + words[i]);
            }
        }
    }

    /** Reads the file, unless the folder is named by an option: a broken file must not stand in the way then. */
    void complete() throws InterceptionException {
        if (pinFolder == null && file != null) {
            try {
                read();
            } catch (JsonProcessingException e) {
                throw unreadable("line " + e.getLocation().getLineNr() + ": not JSON");
            } catch (IOException e) {
                throw unreadable(e.getMessage());
            }
        }
    }

    Path pinFolder() {
        return Path.of(pinFolder == null ? "/sys/fs/bpf/countersign" : pinFolder);
    }

    String library() {
        return library == null ? Libbpf.SYSTEM_LIBRARY : library;
    }

    private void read() throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_LIMIT) {
            throw new IOException("expected a regular file of at most " + FILE_LIMIT + " bytes");
        }
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected one JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                String text = json.nextToken() == JsonToken.VALUE_STRING ? json.getText() : null;
                if (name.equals("pinFolder") && text != null) {
                    pinFolder = text;
                } else if (name.equals("libbpfPath") && text != null && library == null) {
                    library = text;
                }
                json.skipChildren();
            }
        }
    }

    private InterceptionException unreadable(String problem) {
        return new InterceptionException(file + ": " + problem + "; name the folder with --pin-folder");
    }
}
