package countersign.proxy.jetty;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What the listener has counted since it started. Safe from any thread. */
final class Counters {
    /** Events that are no refusals. */
    enum Event {
        CONNECTIONS_ACCEPTED,
        CONNECTIONS_CLOSED,
        ACCEPT_ERRORS,
        REQUESTS,
        LOCAL_ANSWERS,
        FORWARDED_SIGNED,
        FORWARDED_EXEMPT,
        FORWARDED_UNSIGNED,
        SERVICE_CONNECTIONS,
        SERVICE_RETRIES
    }

    private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
    private final Map<Event, LongAdder> events = new EnumMap<>(Event.class);

    Counters() {
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
        for (Event event : Event.values()) {
            events.put(event, new LongAdder());
        }
    }

    void add(Refusal refusal) {
        refusals.get(refusal).increment();
    }

    void add(Event event) {
        events.get(event).increment();
    }

    long get(Refusal refusal) {
        return refusals.get(refusal).sum();
    }

    long get(Event event) {
        return events.get(event).sum();
    }

    /** All counters by name: events, and refusals as {@code refused.<label>}. */
    Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        events.forEach((event, count) -> all.put(event.name().toLowerCase(Locale.ROOT).replace('_', '-'), count.sum()));
        refusals.forEach((refusal, count) -> all.put("refused." + refusal.label(), count.sum()));
        return all;
    }
}
