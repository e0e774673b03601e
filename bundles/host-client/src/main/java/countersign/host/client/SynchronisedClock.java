package countersign.host.client;

import static java.util.Objects.requireNonNull;

import countersign.host.HostClock;
import countersign.host.HostResponse;
import countersign.request.HeaderField;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The host's time carried on by the monotonic clock (secure-channel.md section 9): a jump of the machine's own clock does not move it.
 */
final class SynchronisedClock implements HostClock {
    private static final Duration STALE = Duration.ofMinutes(15);
    /** Four times what the slowest exchange can make an answer older, a fifteenth of what the host lets pass (ADR 0010). */
    private static final Duration ADRIFT = Duration.ofMinutes(1);
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);

    private final Supplier<Instant> systemClock;
    private final LongSupplier monotonicNanos;
    private volatile Synchronisation last;
    private volatile Rendered rendered = new Rendered(Long.MIN_VALUE, "");

    private record Synchronisation(Instant hostTime, long atNanos) {
        Instant at(long nanos) {
            return hostTime.plusNanos(nanos - atNanos);
        }
    }

    private record Rendered(long second, String text) {}

    SynchronisedClock(Supplier<Instant> systemClock, LongSupplier monotonicNanos) {
        this.systemClock = requireNonNull(systemClock, "systemClock");
        this.monotonicNanos = requireNonNull(monotonicNanos, "monotonicNanos");
    }

    @Override
    public Instant now() {
        Synchronisation base = last;
        return base == null ? systemClock.get() : base.at(monotonicNanos.getAsLong());
    }

    @Override
    public String httpDate() {
        long second = now().getEpochSecond();
        Rendered current = rendered;
        if (current.second != second) {
            current = new Rendered(second, RFC_1123.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC)));
            rendered = current;
        }
        return current.text;
    }

    @Override
    public void observe(HostResponse response) {
        // An unparsable first header suppresses the second.
        response.first(HeaderField.DATE).or(() -> response.first("date")).flatMap(SynchronisedClock::parse).ifPresent(this::follow);
    }

    private void follow(Instant hostTime) {
        Synchronisation before = last;
        long atNanos = monotonicNanos.getAsLong();
        if (before == null
                || atNanos - before.atNanos > STALE.toNanos()
                || Duration.between(before.at(atNanos), hostTime).abs().compareTo(ADRIFT) > 0) {
            last = new Synchronisation(hostTime, atNanos);
        }
    }

    private static Optional<Instant> parse(String date) {
        try {
            return Optional.of(LocalDateTime.parse(date, RFC_1123).toInstant(ZoneOffset.UTC));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
