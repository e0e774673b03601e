package countersign.host.simulator.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A request body after removal of chunk framing. Only small bodies are kept; of the others length and hash remain.
 *
 * @param length payload bytes
 * @param sha256 lower-case hex of the payload's SHA-256
 * @param kept the payload, or {@code null} when it was too large to keep; not copied, treat as read-only
 */
public record Body(long length, String sha256, byte[] kept) {
    private static final byte[] NOTHING = {};

    /** No payload. */
    public static final Body EMPTY = of(NOTHING);

    public Body {
        Objects.requireNonNull(sha256, "sha256");
        if (kept != null && kept.length != length) {
            throw new IllegalArgumentException("body of " + kept.length + " bytes declared as " + length);
        }
    }

    /** A kept payload with its hash. */
    public static Body of(byte[] payload) {
        return new Body(payload.length, HexFormat.of().formatHex(newDigest().digest(payload)), payload);
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
