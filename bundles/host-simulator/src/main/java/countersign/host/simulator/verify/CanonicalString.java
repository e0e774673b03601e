package countersign.host.simulator.verify;

import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.TreeMap;

/** The bytes a signature covers, computed from a request as received (signing.md sections 3 to 6). */
final class CanonicalString {
    static final String AUTHORIZATION = "x-ms-azure-host-authorization";

    private CanonicalString() {}

    /** The string of a request whose body was kept. */
    static byte[] of(Request request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 + request.body().kept().length);
        append(bytes, request.method());
        bytes.write('\n');
        bytes.writeBytes(request.body().kept());
        bytes.write('\n');
        append(bytes, headers(request));
        append(bytes, request.path());
        bytes.write('\n');
        append(bytes, parameters(request.query()));
        return bytes.toByteArray();
    }

    /** One line per name, in byte order; of repeated fields only the last one counts. */
    private static String headers(Request request) {
        TreeMap<String, String> lines = new TreeMap<>();
        for (Header header : request.headers()) {
            lines.put(header.name().toLowerCase(Locale.ROOT), header.value());
        }
        lines.remove(AUTHORIZATION);
        StringBuilder text = new StringBuilder(256);
        lines.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
        return text.toString();
    }

    /** Pairs in the order of key and value joined; of pairs that are equal when joined the last one counts. */
    private static String parameters(String query) {
        if (query.isEmpty()) {
            return "";
        }
        TreeMap<String, String> pairs = new TreeMap<>();
        for (String segment : query.split("&")) {
            int equals = segment.indexOf('=');
            String key = (equals < 0 ? segment : segment.substring(0, equals)).toLowerCase(Locale.ROOT);
            String value = equals < 0 ? "" : segment.substring(equals + 1);
            if (!key.isEmpty()) {
                pairs.put(key + value, value.isEmpty() ? key : key + '=' + value);
            }
        }
        Collection<String> shown = pairs.values();
        return String.join("&", shown);
    }

    private static void append(ByteArrayOutputStream bytes, String text) {
        // Requests hold one character per byte, so this restores the bytes.
        bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
