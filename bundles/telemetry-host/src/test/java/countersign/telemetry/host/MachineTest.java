package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    private Path folder;

    @Test
    void machine_isReadFromItsFiles() throws IOException {
        Path release = Files.writeString(folder.resolve("os-release"), "PRETTY_NAME=\"Debian GNU/Linux 12\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n");
        Path memory = Files.writeString(folder.resolve("meminfo"), "MemTotal:        8137856 kB\nMemFree: 1 kB\n");
        assertEquals(new Machine("Linux:Debian GNU/Linux-12", 7947, 4, "x86_64"), Machine.read(release, memory, 4, "amd64"));
    }

    @Test
    void whatIsMissing_isUnknown() {
        Path none = folder.resolve("none");
        assertEquals(new Machine("Linux:unknown-unknown", 0, 1, "aarch64"), Machine.read(none, none, 1, "aarch64"));
    }

    @Test
    void thisMachine_canBeRead() {
        assertTrue(Machine.read().processors() > 0);
    }
}
