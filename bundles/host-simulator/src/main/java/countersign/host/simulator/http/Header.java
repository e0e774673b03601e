package countersign.host.simulator.http;

import java.util.Objects;

/**
 * One header field as it stood on the wire.
 *
 * @param name the name in its original letter case
 * @param value the value without the blanks and tabs around it, inner characters untouched; bytes as ISO-8859-1 characters
 */
public record Header(String name, String value) {
    public Header {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }

    /** Whether this field has the given name, ignoring ASCII case. */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
