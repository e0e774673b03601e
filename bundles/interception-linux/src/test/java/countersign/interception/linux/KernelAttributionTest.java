package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.attribution.AttributionOutcome.Reason;
import countersign.attribution.AttributionOutcome.Unattributed;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What makes a record worthless before anybody looks at its process (interception.md section 4). */
class KernelAttributionTest {
    private static final InetSocketAddress LISTENER = new InetSocketAddress("127.0.0.1", 3080);
    private static final InetSocketAddress IMDS = new InetSocketAddress("169.254.169.254", 80);
    private static final int REDIRECTED = Layout.Record.REDIRECTED;

    private Optional<InetSocketAddress> claimed = Optional.of(LISTENER);
    private final KernelAttribution attribution = new KernelAttribution(null, () -> claimed, null, null);

    @Test
    void recordOfAnotherLayout_isRefused() {
        assertRefused(Reason.RECORD_LAYOUT, record(Layout.ABI + 1, REDIRECTED, IMDS));
    }

    @Test
    void recordOfAConnectionThatWasNotRedirected_isRefused() {
        assertRefused(Reason.RECORD_LAYOUT, record(Layout.ABI, ~REDIRECTED, IMDS));
    }

    @Test
    void destinationThatIsNotGuarded_isRefused() {
        assertRefused(Reason.DESTINATION, record(Layout.ABI, REDIRECTED, new InetSocketAddress("169.254.169.254", 81)));
        assertRefused(Reason.DESTINATION, record(Layout.ABI, REDIRECTED, Canary.ADDRESS));
    }

    @Test
    void listenerThatIsNotTheClaimedOne_isRefused() {
        claimed = Optional.of(new InetSocketAddress("127.0.0.1", 3081));
        assertRefused(Reason.DESTINATION, record(Layout.ABI, REDIRECTED, IMDS));
        claimed = Optional.empty();
        assertRefused(Reason.DESTINATION, record(Layout.ABI, REDIRECTED, IMDS));
    }

    private void assertRefused(Reason reason, ConnectionRecord record) {
        String counter = "attribution-" + reason.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "-denied";
        long before = counters().get(counter);
        assertEquals(new Unattributed(reason), attribution.judge(record, LISTENER, null));
        assertEquals(before + 1, counters().get(counter));
    }

    private Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>();
        attribution.addCounters(counters);
        return counters;
    }

    private static ConnectionRecord record(int abi, int flags, InetSocketAddress destination) {
        return new ConnectionRecord(abi, flags, destination, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
