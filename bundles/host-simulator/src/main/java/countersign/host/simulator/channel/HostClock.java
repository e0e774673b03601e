package countersign.host.simulator.channel;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Objects;

/** The host's time: that of the machine plus an offset which controls can change. Safe for concurrent use. */
public final class HostClock {
    private static final DateTimeFormatter RFC_1123 =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);

    private record Rendered(long second, String text) {}

    private final Clock base;
    private volatile Duration offset = Duration.ZERO;
    private volatile Rendered last = new Rendered(Long.MIN_VALUE, "");

    public HostClock(Clock base) {
        this.base = Objects.requireNonNull(base, "base");
    }

    /** The simulated time. */
    public Instant now() {
        return base.instant().plus(offset);
    }

    /** How far it is ahead of the machine's time; negative when behind. */
    public Duration offset() {
        return offset;
    }

    /** Moves it. */
    public void shift(Duration newOffset) {
        offset = Objects.requireNonNull(newOffset, "newOffset");
    }

    /** The simulated time in the form of date headers. */
    public String text() {
        long second = now().getEpochSecond();
        Rendered rendered = last;
        if (rendered.second() != second) {
            rendered = new Rendered(second, format(Instant.ofEpochSecond(second)));
            last = rendered;
        }
        return rendered.text();
    }

    /** {@code EEE, dd MMM yyyy HH:mm:ss GMT}, English names, two-digit day. */
    public static String format(Instant instant) {
        return RFC_1123.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** The instant of a text in exactly that form, the day of the week included; else {@code null}. */
    public static Instant parse(String text) {
        try {
            Instant instant = LocalDateTime.parse(text, RFC_1123).toInstant(ZoneOffset.UTC);
            return format(instant).equals(text) ? instant : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
