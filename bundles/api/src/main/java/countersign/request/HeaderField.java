package countersign.request;

import java.util.Locale;

/**
 * One header field, as it was received or as it will be sent.
 *
 * @param name ASCII lower case; the constructor folds it
 * @param value without the line end; one char per byte (ISO 8859-1), outer blanks and tabs kept as received
 */
public record HeaderField(String name, String value) {
    public static final String AUTHORIZATION = "x-ms-azure-host-authorization";
    public static final String CLAIMS = "x-ms-azure-host-claims";
    public static final String DATE = "x-ms-azure-host-date";

    public HeaderField {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("header name: expected a token, got an empty text");
        }
        name = name.toLowerCase(Locale.ROOT);
        if (value == null) {
            throw new NullPointerException("value of header " + name);
        }
    }

    /** The name only: values can carry tokens. */
    @Override
    public String toString() {
        return name + ": …";
    }
}
