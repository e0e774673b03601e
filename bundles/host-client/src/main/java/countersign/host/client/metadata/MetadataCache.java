package countersign.host.client.metadata;

import static java.util.Objects.requireNonNull;

import countersign.host.HostMetadata;
import countersign.host.VmMetadata;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the last complete set; asks again after 15 minutes, or a minute after a failure (host-endpoints.md H1 and H3). */
final class MetadataCache implements HostMetadata {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataCache.class);
    private static final long FRESH = Duration.ofMinutes(15).toNanos();
    private static final long RETRY = Duration.ofMinutes(1).toNanos();

    private final MetadataFetch fetch;
    private final LongSupplier monotonicNanos;
    private Optional<VmMetadata> last = Optional.empty();
    private boolean asked;
    private long nextAsk;

    MetadataCache(MetadataFetch fetch, LongSupplier monotonicNanos) {
        this.fetch = requireNonNull(fetch, "fetch");
        this.monotonicNanos = requireNonNull(monotonicNanos, "monotonicNanos");
    }

    @Override
    public synchronized Optional<VmMetadata> current() {
        if (!asked || monotonicNanos.getAsLong() - nextAsk >= 0) {
            asked = true;
            nextAsk = monotonicNanos.getAsLong() + (refresh() ? FRESH : RETRY);
        }
        return last;
    }

    private boolean refresh() {
        try {
            last = Optional.of(fetch.fetch());
            return true;
        } catch (IOException e) {
            LOG.warn("metadata of this machine could not be fetched, {}: {}", last.isPresent() ? "the last set stays" : "there is none", e.getMessage());
            return false;
        }
    }
}
