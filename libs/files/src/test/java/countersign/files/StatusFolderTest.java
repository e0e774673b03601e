package countersign.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatusFolderTest {
    @Test
    void folder_isAConstant_thatOnlyTestsMove() {
        assertEquals(Path.of("/var/log/azure-proxy-agent"), StatusFolder.of(name -> null));
        assertEquals(Path.of("/elsewhere"), StatusFolder.of(Map.of("countersign.statusFolder", "/elsewhere")::get));
    }
}
