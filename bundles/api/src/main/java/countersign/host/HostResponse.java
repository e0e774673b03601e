package countersign.host;

import static java.util.Objects.requireNonNull;

import countersign.request.HeaderField;
import java.util.List;
import java.util.Optional;

/**
 * An answer of the host.
 *
 * @param body at most 1 MiB (secure-channel.md Q2); not copied, so that whoever reads a secret out of it can overwrite it
 */
public record HostResponse(int status, List<HeaderField> headers, byte[] body) {
    public HostResponse {
        headers = List.copyOf(headers);
        requireNonNull(body, "body");
    }

    /** Value of the first field of that lower-case name. */
    public Optional<String> first(String name) {
        return headers.stream().filter(field -> field.name().equals(name)).map(HeaderField::value).findFirst();
    }

    /** Status and sizes only: bodies can hold keys. */
    @Override
    public String toString() {
        return "HostResponse[status=" + status + ", headers=" + headers.size() + ", body=" + body.length + " bytes]";
    }
}
