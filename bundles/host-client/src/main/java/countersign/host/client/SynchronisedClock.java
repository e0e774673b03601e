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
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);

    private final Supplier<Instant> systemClock;
    private final LongSupplier monotonicNanos;
    private volatile Synchronisation last;
    private volatile Rendered rendered = new Rendered(Long.MIN_VALUE, "");

    private record Synchronisation(Instant hostTime, long atNanos) {}

    private record Rendered(long second, String text) {}

    SynchronisedClock(Supplier<Instant> systemClock, LongSupplier monotonicNanos) {
        this.systemClock = requireNonNull(systemClock, "systemClock");
        this.monotonicNanos = requireNonNull(monotonicNanos, "monotonicNanos");
    }

    @Override
    public Instant now() {
        Synchronisation base = last;
        return base == null ? systemClock.get() : base.hostTime.plusNanos(monotonicNanos.getAsLong() - base.atNanos);
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
        Synchronisation before = last;
        long now = monotonicNanos.getAsLong();
        if (before == null || now - before.atNanos > STALE.toNanos()) {
            // An unparsable first header suppresses the second.
            response.first(HeaderField.DATE).or(() -> response.first("date")).flatMap(SynchronisedClock::parse)
                    .ifPresent(hostTime -> last = new Synchronisation(hostTime, now));
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
