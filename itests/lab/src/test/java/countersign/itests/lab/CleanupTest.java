package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {
    private final List<String> taken = new ArrayList<>();

    @Test
    void steps_areTakenInReverseOrderAndOnce() {
        Cleanup cleanup = new Cleanup();
        cleanup.before("a", () -> taken.add("a"));
        cleanup.before("b", () -> taken.add("b"));
        cleanup.close();
        cleanup.close();
        assertEquals(List.of("b", "a"), taken);
    }

    @Test
    void failingStep_keepsNoOtherFromBeingTaken() {
        Cleanup cleanup = new Cleanup();
        cleanup.before("a", () -> taken.add("a"));
        cleanup.before("b", () -> {
            throw new IOException("busy");
        });
        var e = assertThrows(IllegalStateException.class, cleanup::close);
        assertEquals("b: java.io.IOException: busy", e.getSuppressed()[0].getMessage());
        assertEquals(List.of("a"), taken);
    }

    @Test
    void closedLab_takesNothingNew() {
        Cleanup cleanup = new Cleanup();
        cleanup.close();
        assertThrows(IllegalStateException.class, () -> cleanup.before("c", () -> { }));
    }
}
