package countersign.request;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * Request line and header block, before or after the agent has touched them.
 *
 * @param method case-sensitive, as on the request line
 * @param target the request target without fragment; one char per byte
 * @param headers in order of appearance; names may repeat
 */
public record RequestHead(String method, String target, List<HeaderField> headers) {
    public RequestHead {
        requireNonNull(method, "method");
        requireNonNull(target, "target");
        headers = List.copyOf(headers);
    }

    /** The value of the last field of that lower-case name. */
    public Optional<String> last(String name) {
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equals(name)) {
                return Optional.of(headers.get(i).value());
            }
        }
        return Optional.empty();
    }

    public boolean has(String name) {
        return last(name).isPresent();
    }
}
