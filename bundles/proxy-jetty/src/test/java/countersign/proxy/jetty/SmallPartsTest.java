package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endorsement.RefusalReason;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SmallPartsTest {
    @ParameterizedTest
    @EnumSource(RefusalReason.class)
    void everyReasonOfTheEndorser_isARefusalOfOurs(RefusalReason reason) {
        Refusal refusal = Refusal.of(reason);
        assertEquals(reason.status(), refusal.status());
        assertEquals(reason.label(), refusal.label());
        assertEquals(reason.source(), refusal.source());
    }

    @Test
    void details_areCutAtACharacter() {
        assertEquals("short", Audit.cut("short"));
        assertEquals("a".repeat(4096), Audit.cut("a".repeat(5000)));
        assertEquals("\u20ac".repeat(1365), Audit.cut("\u20ac".repeat(2000)));
        assertEquals("aa" + "\ud83d\ude00".repeat(1023), Audit.cut("aa" + "\ud83d\ude00".repeat(2000)));
        assertTrue(Audit.cut("\u20ac".repeat(2000)).getBytes(StandardCharsets.UTF_8).length <= 4096);
    }

    @Test
    void continuation_tellsWhetherTheCallerGoesOn() {
        StringBuilder log = new StringBuilder();
        Continuation inline = recording(log);
        ((Callback) inline).succeeded();
        assertTrue(inline.isOver());
        Continuation later = recording(log);
        assertFalse(later.isOver());
        later.succeeded();
        Continuation broken = recording(log);
        broken.failed(new IllegalStateException());
        assertFalse(broken.isOver());
        assertEquals("resumed broken ", log.toString());
    }

    private static Continuation recording(StringBuilder log) {
        return new Continuation() {
            @Override
            void resume() {
                log.append("resumed ");
            }

            @Override
            void broken(Throwable cause) {
                log.append("broken ");
            }
        };
    }
}
