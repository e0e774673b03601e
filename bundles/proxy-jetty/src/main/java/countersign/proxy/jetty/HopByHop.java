package countersign.proxy.jetty;

import countersign.request.HeaderField;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Fields that concern one leg only and are not passed on (proxy.md P6). */
final class HopByHop {
    private static final Set<String> ALWAYS = Set.of("connection", "keep-alive", "te", "trailer", "upgrade");

    private HopByHop() {}

    /** What is left for the other leg, or empty when {@code Connection} names a field that must reach the host. */
    static Optional<List<HeaderField>> strip(List<HeaderField> received) {
        Set<String> named = null;
        for (HeaderField field : received) {
            if (field.name().equals("connection")) {
                named = named == null ? new HashSet<>() : named;
                if (!addOptions(field.value(), named)) {
                    return Optional.empty();
                }
            }
        }
        List<HeaderField> kept = new ArrayList<>(received.size());
        for (HeaderField field : received) {
            if (!concernsOneLeg(field.name()) && (named == null || !named.contains(field.name()))) {
                kept.add(field);
            }
        }
        return Optional.of(kept);
    }

    static boolean concernsOneLeg(String name) {
        return ALWAYS.contains(name) || name.startsWith("proxy-");
    }

    /** Adds the options of one field; false when one of them names a field that the signature or the framing depends on. */
    private static boolean addOptions(String value, Set<String> options) {
        int from = 0;
        while (from <= value.length()) {
            int comma = value.indexOf(',', from);
            int to = comma < 0 ? value.length() : comma;
            String option = value.substring(from, to).strip().toLowerCase(Locale.ROOT);
            if (isEndToEnd(option)) {
                return false;
            }
            options.add(option);
            from = to + 1;
        }
        return true;
    }

    private static boolean isEndToEnd(String name) {
        return switch (name) {
            case "host", "content-length", "transfer-encoding", "content-type", "expect", "metadata", "authorization" -> true;
            default -> name.startsWith("x-ms-");
        };
    }
}
