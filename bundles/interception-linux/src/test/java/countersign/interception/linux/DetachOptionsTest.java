package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachOptionsTest {
    private static final String DEFAULTS = "/sys/fs/bpf/countersign libbpf.so.1";

    @TempDir
    Path folder;

    @Test
    void withoutWords_theDefaultsCount() throws Exception {
        assertEquals(DEFAULTS, options());
    }

    @Test
    void configurationFile_namesFolderAndLibrary() throws Exception {
        String file = file("\uFEFF{\"a\": {\"pinFolder\": \"/no\"}, \"pinFolder\": \"/pins\", \"b\": [1], \"libbpfPath\": \"/lib\", \"c\": null}");
        assertEquals("/pins /lib", options("--config", file));
        assertEquals("/pins mine", options("--libbpf", "mine", "--config", file));
    }

    @Test
    void configurationFileWithoutThem_leavesTheDefaults() throws Exception {
        assertEquals(DEFAULTS, options("--config", file("{\"pinFolder\": 1, \"libbpfPath\": null}")));
    }

    @Test
    void folderNamedByAnOption_winsOverTheFile_whateverThatIs() throws Exception {
        assertEquals("/x libbpf.so.1", options("--pin-folder", "/x", "--config", file("{\"pinFolder\": \"/pins\"}")));
        assertEquals("/x libbpf.so.1", options("--config", file("{"), "--pin-folder", "/x"));
    }

    @Test
    void laterFile_winsOverAnEarlierOne() throws Exception {
        assertEquals("/pins libbpf.so.1", options("--config", "/nonexistent", "--config", file("{\"pinFolder\": \"/pins\"}")));
    }

    @Test
    void unusableFile_isRefusedWithTheWayOut() throws Exception {
        String broken = file("{\n\"pinFolder\": \"/pins\",");
        assertRefused(broken + ": line 2: not JSON; name the folder with --pin-folder", broken);
        String list = file("[]");
        assertRefused(list + ": expected one JSON object; name the folder with --pin-folder", list);
        assertRefused(folder + ": expected a regular file of at most 1048576 bytes; name the folder with --pin-folder",
                folder.toString());
    }

    @Test
    void wrongWords_areNamed() {
        assertEquals("--config: expected a value after it", wrong("--config"));
        assertEquals("unknown argument: --all", wrong("--pin-folder", "/x", "--all", "1"));
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "agent", ".json"), content).toString();
    }

    private static String options(String... words) throws InterceptionException {
        DetachOptions options = new DetachOptions(words);
        options.complete();
        return options.pinFolder() + " " + options.library();
    }

    private static void assertRefused(String message, String file) {
        assertEquals(message, assertThrows(InterceptionException.class, () -> options("--config", file)).getMessage());
    }

    private static String wrong(String... words) {
        return assertThrows(IllegalArgumentException.class, () -> new DetachOptions(words)).getMessage();
    }
}
