package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.telemetry.NoticeEvent;
import countersign.telemetry.NoticeEvent.Level;
import countersign.telemetry.Telemetry;
import countersign.lease.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says things once to the log and once to telemetry, which may be absent. Safe from any thread. */
public final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Lease<Telemetry> telemetry;
    private final String module;

    public Journal(Lease<Telemetry> telemetry, String module) {
        this.telemetry = requireNonNull(telemetry, "telemetry");
        this.module = requireNonNull(module, "module");
    }

    public void say(Level level, String name, String text) {
        switch (level) {
            case INFO -> LOG.info("{}", text);
            case WARN -> LOG.warn("{}", text);
            case ERROR -> LOG.error("{}", text);
        }
        Optional<Lease.Hold<Telemetry>> held = telemetry.acquire(Duration.ZERO);
        if (held.isPresent()) {
            try (Lease.Hold<Telemetry> hold = held.get()) {
                hold.service().publish(new NoticeEvent(Instant.now(), level, module, name, text));
            }
        }
    }
}
