package countersign.telemetry.host;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One document while it grows: a {@code Provider} element for each kind of event, in the order in which they first came. */
final class Batch {
    /** A document stays below that many bytes. */
    static final int LIMIT = 65_536;

    private static final String OPEN = "<?xml version=\"1.0\"?><TelemetryData version=\"1.0\">";
    private static final String CLOSE = "</TelemetryData>";
    private static final String CLOSE_PROVIDER = "</Provider>";

    private final Map<EventKind, StringBuilder> providers = new LinkedHashMap<>();
    private int bytes = OPEN.length() + CLOSE.length();

    /** Adds the event, as {@link EventXml} writes it, unless the document would reach the limit: then false, and nothing has changed. */
    boolean add(EventKind kind, String event) {
        StringBuilder provider = providers.get(kind);
        int more = event.getBytes(StandardCharsets.UTF_8).length + (provider == null ? opening(kind).length() + CLOSE_PROVIDER.length() : 0);
        if (bytes + more >= LIMIT) {
            return false;
        }
        bytes += more;
        providers.computeIfAbsent(kind, k -> new StringBuilder(opening(k))).append(event);
        return true;
    }

    boolean isEmpty() {
        return providers.isEmpty();
    }

    byte[] document() {
        StringBuilder document = new StringBuilder(bytes).append(OPEN);
        providers.values().forEach(provider -> document.append(provider).append(CLOSE_PROVIDER));
        return document.append(CLOSE).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String opening(EventKind kind) {
        return "<Provider id=\"" + kind.provider() + "\">";
    }
}
