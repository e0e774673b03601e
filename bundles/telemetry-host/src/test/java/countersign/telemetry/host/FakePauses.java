package countersign.telemetry.host;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A clock that is moved by those who wait for it; told to stop when the given time is over, or before. */
final class FakePauses implements Pauses {
    final List<Duration> pauses = new ArrayList<>();
    private final Duration life;
    private Duration now = Duration.ZERO;
    BooleanSupplier stopped = () -> false;

    FakePauses(Duration life) {
        this.life = life;
    }

    Duration now() {
        return now;
    }

    @Override
    public boolean pause(Duration time) {
        if (stopped() || now.plus(time).compareTo(life) > 0) {
            now = life.plusNanos(1);
            return false;
        }
        pauses.add(time);
        now = now.plus(time);
        return !stopped();
    }

    @Override
    public boolean stopped() {
        return now.compareTo(life) > 0 || stopped.getAsBoolean();
    }

    @Override
    public <T> T interruptibly(Work<T> work) throws IOException {
        if (stopped()) {
            throw new IOException("stopping");
        }
        return work.run();
    }
}
