package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.telemetry.AuditEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private final AtomicLong dropped = new AtomicLong();
    private long nanos = Long.MAX_VALUE - 5;
    private final Intake intake = new Intake("0.1.0", () -> nanos, dropped);

    @Test
    void notice_becomesAGenericEvent() {
        intake.export(Events.notice("KeyLatched", "with password=x"));
        GenericEvent event = intake.collect().get(0);
        Origin here = Origin.here("0.1.0");
        assertEquals(new GenericEvent("WARN", "with [REDACTED]", "0.1.0", "KeyLatched", Long.toString(ProcessHandle.current().pid()), here.tid(),
                "key_keeper", "2026-03-04T12:00:00.089"), event);
        assertTrue(event.eventTid().matches("[0-9]{8,}"), event.eventTid());
        assertEquals(List.of(), intake.collect(), "each event once");
    }

    @Test
    void longNotice_isCutWithoutItsSecret() {
        intake.export(Events.notice("Long", "password=x; " + "y".repeat(9000)));
        assertEquals("[REDACTED]; " + "y".repeat(MessageText.LIMIT - 12), intake.collect().get(0).message());
    }

    @Test
    void requests_areToldOncePerIdentityAndBucket() {
        intake.export(Events.request("www", 200, false));
        intake.export(Events.request("www", 200, false));
        intake.export(Events.request("www", 404, false));
        intake.export(Events.request("adm", 200, false));
        assertEquals(List.of("www 200 OK", "www 404 Not Found", "adm 200 OK"), told());
        nanos += Duration.ofMinutes(15).toNanos() - 1;
        intake.export(Events.request("www", 200, false));
        assertEquals(List.of(), told(), "the bucket is not over");
        nanos++;
        intake.export(Events.request("www", 200, false));
        intake.export(Events.request("www", 200, false));
        assertEquals(List.of("www 200 OK"), told());
    }

    @Test
    void summary_namesItsSource() {
        intake.export(Events.request("www", 200, false));
        GenericEvent event = intake.collect().get(0);
        assertEquals("INFO log_connection_summary proxy_server", event.eventLevel() + " " + event.taskName() + " " + event.operationId());
    }

    @Test
    void denial_isToldOnce_auditedDenialAsWhatItIsAndWasAnswered() {
        intake.export(Events.request("www", 403, true));
        assertEquals(List.of("www 403 Forbidden"), told());
        intake.export(Events.request("adm", 200, true));
        assertEquals(List.of("adm 403 Forbidden", "adm 200 OK"), told());
    }

    @Test
    void moreThanFit_areDroppedAndCounted() {
        for (int i = 0; i < Intake.CAPACITY + 3; i++) {
            intake.export(Events.notice("n" + i, "x"));
        }
        intake.export(Events.request("www", 200, false));
        assertEquals(Intake.CAPACITY, intake.collect().size());
        assertEquals(4, dropped.get());
    }

    @Test
    void identities_areBounded_andComeBackWithTheNextBucket() {
        for (int i = 0; i < FirstHits.IDENTITIES; i++) {
            intake.export(Events.request("user" + i, 200, false));
            if (i % 500 == 0) {
                intake.collect();
            }
        }
        intake.collect();
        intake.export(Events.request("late", 200, false));
        intake.export(Events.request("user7", 200, false));
        assertEquals(List.of(), told());
        nanos += Duration.ofMinutes(15).toNanos();
        dropped.set(0);
        intake.export(Events.request("late", 200, false));
        assertEquals(List.of("late 200 OK"), told());
        assertEquals(0, dropped.get());
    }

    @Test
    void identity_isNotConfusedByTextsThatRunTogether() {
        intake.export(Events.request("a", "/x", "bc", 200, false));
        AuditEvent other = Events.request("ab", "/x", "c", 200, false);
        intake.export(other);
        assertEquals(2, intake.collect().size());
    }

    /** User and status of each summary. */
    private List<String> told() {
        return intake.collect().stream()
                .map(event -> event.message().replaceAll(".*\"userName\":\"([a-z0-9]+)\".*\"responseStatus\":\"([^\"]*)\".*", "$1 $2")).toList();
    }
}
