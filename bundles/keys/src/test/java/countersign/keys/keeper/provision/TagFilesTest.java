package countersign.keys.keeper.provision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagFilesTest {
    @TempDir Path temp;

    @Test
    void success_leavesTimeAndAnEmptyStatus() throws Exception {
        Path folder = temp.resolve("keys");
        new TagFiles(folder).write(Instant.parse("2025-01-14T09:08:07.009999Z"), "");
        assertEquals("2025-01-14T09:08:07.009", Files.readString(folder.resolve("provisioned.tag")));
        assertEquals("", Files.readString(folder.resolve("status.tag")));
        for (String name : new String[] {"provisioned.tag", "status.tag"}) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))));
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
    }

    @Test
    void error_isEscapedForXml_andReplacesWhatWasThere() throws Exception {
        Path folder = temp.resolve("keys");
        TagFiles tags = new TagFiles(folder);
        tags.write(Instant.EPOCH, "");
        tags.write(Instant.EPOCH, "keyLatchStatus - <&'\"> \u00e4\r\n");
        assertEquals("keyLatchStatus - &lt;&amp;&apos;&quot;&gt; \u00e4\r\n", Files.readString(folder.resolve("status.tag")));
    }
}
