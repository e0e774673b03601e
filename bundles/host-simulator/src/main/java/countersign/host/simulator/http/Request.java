package countersign.host.simulator.http;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A request as received: nothing decoded, merged, sorted or folded.
 *
 * @param method the method of the request line
 * @param target the request target, byte for byte
 * @param http10 whether the version was HTTP/1.0
 * @param headers every field in order of arrival
 * @param body the payload without transfer framing
 */
public record Request(String method, String target, boolean http10, List<Header> headers, Body body) {
    public Request {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(target, "target");
        headers = List.copyOf(headers);
        Objects.requireNonNull(body, "body");
    }

    /** All values of a field, in order. */
    public List<String> all(String name) {
        return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
    }

    /** The value of a field that occurs exactly once, else {@code null}. */
    public String single(String name) {
        String found = null;
        for (Header header : headers) {
            if (header.is(name)) {
                if (found != null) {
                    return null;
                }
                found = header.value();
            }
        }
        return found;
    }

    /** The path part of the target: without query, and for the absolute form without scheme and authority; {@code /} if empty. */
    public String path() {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        if (isAbsolute(path)) {
            int slash = path.indexOf('/', path.indexOf("://") + 3);
            path = slash < 0 ? "" : path.substring(slash);
        }
        return path.isEmpty() ? "/" : path;
    }

    /** The text after the first {@code ?}, empty if there is none. */
    public String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /** The first value of a query parameter named exactly so, undecoded, or {@code null}. */
    public String parameter(String name) {
        for (String pair : query().split("&")) {
            if (pair.startsWith(name) && pair.startsWith("=", name.length())) {
                return pair.substring(name.length() + 1);
            }
        }
        return null;
    }

    static boolean isAbsolute(String target) {
        return target.length() > 7 && target.substring(0, 7).toLowerCase(Locale.ROOT).equals("http://");
    }
}
