package countersign.keys;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What may be said about a key (secure-channel.md section 5, key document without the key).
 *
 * @param guid 8-4-4-4-12 hexadecimal digits, case as the host sent it, not all zero
 * @param incarnation number of the key's generation, reported only; unsigned 32 bit
 * @param issued as the host wrote it, not parsed
 */
public record KeyDescription(String guid, OptionalLong incarnation, String issued) {
    /** The only scheme there is. */
    public static final String SCHEME = "Azure-HMAC-SHA256";

    private static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    public KeyDescription {
        if (!isGuid(guid)) {
            throw new IllegalArgumentException("key guid: expected 8-4-4-4-12 hexadecimal digits that are not all zero");
        }
        requireNonNull(incarnation, "incarnation");
        requireNonNull(issued, "issued");
    }

    /** Whether a text can name a key, and therefore a file and a path segment (secure-channel.md Q15). */
    public static boolean isGuid(String text) {
        return GUID.matcher(text).matches() && !text.matches("[0-]*");
    }
}
