package countersign.host.client;

import countersign.host.HostClock;
import countersign.host.HostResponse;
import java.time.Instant;
import org.osgi.service.component.annotations.Component;

/**
 * The host clock as a service. It references nothing: endorsers need it, and own requests need endorsers. Immediate, because a delayed component
 * would forget the host's time whenever nobody holds it.
 */
@Component(service = HostClock.class, immediate = true)
public final class HostClockComponent implements HostClock {
    private final HostClock clock = new SynchronisedClock(Instant::now, System::nanoTime);

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public String httpDate() {
        return clock.httpDate();
    }

    @Override
    public void observe(HostResponse response) {
        clock.observe(response);
    }
}
