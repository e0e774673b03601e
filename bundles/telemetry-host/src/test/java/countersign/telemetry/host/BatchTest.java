package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final String BEGIN = "<?xml version=\"1.0\"?><TelemetryData version=\"1.0\">";
    private static final String GENERIC = "<Provider id=\"FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F\">";
    private static final String STATUS = "<Provider id=\"69B669B9-4AF8-4C50-BDC4-6006FA76E975\">";

    @Test
    void document_hasAProviderForEachKind_inTheOrderOfTheirFirst() {
        Batch batch = new Batch();
        batch.add(EventKind.STATUS, "<a/>");
        batch.add(EventKind.GENERIC, "<b/>");
        batch.add(EventKind.STATUS, "<c/>");
        assertEquals(BEGIN + STATUS + "<a/><c/></Provider>" + GENERIC + "<b/></Provider></TelemetryData>", text(batch));
    }

    @Test
    void document_staysBelowTheLimit_countedInBytes() {
        int frame = (BEGIN + GENERIC + "</Provider></TelemetryData>").length();
        String largest = "é".repeat((65_535 - frame) / 2) + "x".repeat((65_535 - frame) % 2);
        assertFalse(new Batch().add(EventKind.GENERIC, largest + "x"));
        Batch batch = new Batch();
        assertTrue(batch.add(EventKind.GENERIC, largest));
        assertEquals(65_535, batch.document().length);
        assertFalse(batch.add(EventKind.GENERIC, "x"));
        assertEquals(65_535, batch.document().length, "unchanged");
    }

    @Test
    void frameOfANewProvider_counts() {
        Batch batch = new Batch();
        int room = 65_535 - (BEGIN + GENERIC + "</Provider>" + STATUS + "</Provider></TelemetryData>").length();
        batch.add(EventKind.GENERIC, "x".repeat(room - 4));
        assertFalse(batch.add(EventKind.STATUS, "yyyyy"));
        assertTrue(batch.add(EventKind.STATUS, "yyyy"));
        assertEquals(65_535, batch.document().length);
    }

    private static String text(Batch batch) {
        return new String(batch.document(), StandardCharsets.UTF_8);
    }
}
