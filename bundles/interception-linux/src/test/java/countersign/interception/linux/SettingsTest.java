package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");
    private static final Path PINS = Path.of("/sys/fs/bpf/countersign");

    @Test
    void rate_becomesIntervalAndTolerance() {
        Settings.Rate rate = new Settings.Rate(100, 5);

        assertEquals(10_000_000, rate.intervalNs());
        assertEquals(40_000_000, rate.toleranceNs());
    }

    @Test
    void rate_withoutBurst_isRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> new Settings.Rate(1, 0));
        assertEquals("rateLimitBurst: expected 1 to 1000000000, got 0", e.getMessage());
    }

    @Test
    void relativePaths_areRefused() {
        var e = assertThrows(IllegalArgumentException.class, () -> settings(Path.of("pins"), "libbpf.so.1"));
        assertEquals("pinFolder: expected an absolute path, got pins", e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> settings(PINS, "./libbpf.so.1"));
        assertEquals("libbpfPath: expected an absolute path or a soname, got ./libbpf.so.1", e.getMessage());
    }

    @Test
    void needsRestartFor_onlyPlacesAndLibrary() {
        Settings settings = settings(PINS, "libbpf.so.1");

        assertTrue(settings.needsRestartFor(settings(Path.of("/other"), "libbpf.so.1")));
        assertTrue(settings.needsRestartFor(settings(PINS, "/lib/libbpf.so.1")));
        assertFalse(settings.needsRestartFor(
                new Settings(CGROUP, PINS, "libbpf.so.1", false, false, new Settings.Rate(1, 1))));
    }

    private static Settings settings(Path pins, String libbpf) {
        return new Settings(CGROUP, pins, libbpf, true, true, Settings.Rate.OFF);
    }
}
