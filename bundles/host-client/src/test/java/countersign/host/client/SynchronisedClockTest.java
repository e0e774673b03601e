package countersign.host.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.host.HostResponse;
import countersign.request.HeaderField;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SynchronisedClockTest {
    private Instant system = Instant.parse("2025-01-14T09:08:07Z");
    private long nanos = -5;
    private final SynchronisedClock clock = new SynchronisedClock(() -> system, () -> nanos);

    @Test
    void systemClock_isUsedBeforeTheFirstAnswer() {
        assertEquals("Tue, 14 Jan 2025 09:08:07 GMT", clock.httpDate());
    }

    @Test
    void hostHeader_winsOverDate() {
        clock.observe(answer("x-ms-azure-host-date", "Sun, 02 Feb 2025 01:02:03 GMT", "date", "Mon, 03 Feb 2025 01:02:03 GMT"));
        assertEquals("Sun, 02 Feb 2025 01:02:03 GMT", clock.httpDate());
    }

    @Test
    void dateHeader_isUsedWhenItIsAlone() {
        clock.observe(answer("Date", "Mon, 03 Feb 2025 01:02:03 GMT"));
        assertEquals("Mon, 03 Feb 2025 01:02:03 GMT", clock.httpDate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Sun, 2 Feb 2025 01:02:03 GMT", "Mon, 02 Feb 2025 01:02:03 GMT", "Sun, 02 Feb 2025 01:02:03 UTC",
            "Sun, 30 Feb 2025 01:02:03 GMT", "sun, 02 feb 2025 01:02:03 GMT", "Sun, 02 Feb 2025 01:02:03 GMT ", "2025-02-02T01:02:03Z"})
    void unparsableHostHeader_suppressesDate(String text) {
        clock.observe(answer("x-ms-azure-host-date", text, "date", "Mon, 03 Feb 2025 01:02:03 GMT"));
        assertEquals("Tue, 14 Jan 2025 09:08:07 GMT", clock.httpDate());
    }

    @Test
    void jumpOfTheSystemClock_doesNotMoveHostTime() {
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:02:03 GMT"));
        system = system.plus(Duration.ofHours(7));
        nanos += Duration.ofMillis(2500).toNanos();
        assertEquals("Mon, 03 Feb 2025 01:02:05 GMT", clock.httpDate());
        system = system.minus(Duration.ofHours(70));
        assertEquals(Instant.parse("2025-02-03T01:02:05.500Z"), clock.now());
    }

    @Test
    void closeAnswers_countAgainOnlyAfterFifteenMinutes() {
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:00:00 GMT"));
        nanos += Duration.ofMinutes(15).toNanos();
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:15:30 GMT"));
        assertEquals("Mon, 03 Feb 2025 01:15:00 GMT", clock.httpDate());
        nanos += 1;
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:15:30 GMT"));
        assertEquals("Mon, 03 Feb 2025 01:15:30 GMT", clock.httpDate());
    }

    @ParameterizedTest
    @CsvSource({
        "01:02:00, 01:01:00", "01:02:01, 01:02:01", "01:00:00, 01:01:00", "00:59:59, 00:59:59", "23:01:00, 23:01:00"
    })
    void answerMoreThanAMinuteOff_countsAtOnce(String hostTime, String afterwards) {
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:00:50 GMT"));
        nanos += Duration.ofSeconds(10).toNanos();
        clock.observe(answer("date", "Mon, 03 Feb 2025 " + hostTime + " GMT"));
        assertEquals("Mon, 03 Feb 2025 " + afterwards + " GMT", clock.httpDate());
    }

    @Test
    void unparsableHostHeader_keepsTheTimeThereIs() {
        clock.observe(answer("date", "Mon, 03 Feb 2025 01:00:00 GMT"));
        clock.observe(answer("x-ms-azure-host-date", "soon", "date", "Mon, 03 Feb 2025 05:00:00 GMT"));
        clock.observe(answer());
        assertEquals("Mon, 03 Feb 2025 01:00:00 GMT", clock.httpDate());
    }

    private static HostResponse answer(String... namesAndValues) {
        List<HeaderField> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(new HeaderField(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new HostResponse(200, fields, new byte[0]);
    }
}
