package countersign.hmac;

import static countersign.hmac.HeadInspectionTest.head;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorsement.Refused;
import countersign.endorsement.Endorsement.Signed;
import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.host.HostClock;
import countersign.host.HostResponse;
import countersign.keys.ChannelState;
import countersign.keys.KeyRing;
import countersign.request.HeaderField;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class HmacEndorserTest {
    private static final KeyRing LATCHED =
            () -> new ChannelState(Optional.of(RequestSignerTest.key()), true, true, Map.of());

    private final HmacEndorser endorser = new HmacEndorser();

    @Test
    void withoutAKeyRing_everyRequestIsRefused() {
        assertEquals(new Refused(RefusalReason.CHANNEL_UNKNOWN), endorse());
    }

    @Test
    void withoutAHostClock_theSystemsTimeStandsIn() {
        endorser.bindKeyRing(LATCHED);
        String date = assertInstanceOf(Signed.class, endorse()).head().last(HeaderField.DATE).orElseThrow();
        assertTrue(date.matches("[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT"), date);
    }

    @Test
    void theHostClock_givesTheDate() {
        endorser.bindKeyRing(LATCHED);
        endorser.bindHostClock(new FixedClock());
        assertEquals("Tue, 14 Jan 2025 09:08:07 GMT", assertInstanceOf(Signed.class, endorse()).head().last(HeaderField.DATE).orElseThrow());
    }

    @Test
    void aKeyRingThatIsBeingReplaced_isWaitedFor() throws Exception {
        endorser.bindKeyRing(LATCHED);
        endorser.unbindKeyRing(LATCHED);
        CompletableFuture<Endorsement> waiting = CompletableFuture.supplyAsync(this::endorse);
        endorser.bindKeyRing(LATCHED);
        assertInstanceOf(Signed.class, waiting.get(60, TimeUnit.SECONDS));
    }

    private Endorsement endorse() {
        return endorser.endorse(Endpoint.IMDS, head("GET", "/"), new byte[0], false);
    }

    private static final class FixedClock implements HostClock {
        @Override
        public Instant now() {
            return Instant.parse("2025-01-14T09:08:07Z");
        }

        @Override
        public String httpDate() {
            return "Tue, 14 Jan 2025 09:08:07 GMT";
        }

        @Override
        public void observe(HostResponse response) {
            throw new AssertionError("not offered here");
        }
    }
}
