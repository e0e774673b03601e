package countersign.host.simulator.channel;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One key the host has made. Immutable; its textual form names the guid only. */
public final class HostKey {
    private final String guid;
    private final int incarnation;
    private final Instant issued;
    private final byte[] bytes;
    private final SecretKeySpec secret;

    private HostKey(String guid, int incarnation, Instant issued, byte[] bytes) {
        if (!guid.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")) {
            throw new IllegalArgumentException("guid " + guid + ": expected 8-4-4-4-12 hexadecimal digits");
        }
        if (bytes.length != 32) {
            throw new IllegalArgumentException("key of " + bytes.length + " bytes: expected 32");
        }
        this.guid = guid;
        this.incarnation = incarnation;
        this.issued = Objects.requireNonNull(issued, "issued");
        this.bytes = bytes;
        this.secret = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** A new guid and 32 random bytes. */
    public static HostKey random(int incarnation, Instant issued, SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return new HostKey(UUID.randomUUID().toString(), incarnation, issued, bytes);
    }

    /**
     * A given key.
     *
     * @param keyText 64 hexadecimal digits, either case
     * @throws IllegalArgumentException if guid or key text has another form; the message never quotes the key
     */
    public static HostKey of(String guid, int incarnation, Instant issued, String keyText) {
        if (!keyText.matches("[0-9A-Fa-f]{64}")) {
            throw new IllegalArgumentException("key text: expected 64 hexadecimal digits");
        }
        return new HostKey(guid, incarnation, issued, HexFormat.of().parseHex(keyText));
    }

    /** The id as it stands in documents and authorization headers. */
    public String guid() {
        return guid;
    }

    /** Counts keys made since the last reset, from 1. */
    public int incarnation() {
        return incarnation;
    }

    /** When it was made, by the simulated clock. */
    public Instant issued() {
        return issued;
    }

    /** The key as upper-case hex: for the key document, and for tests that look for leaks of it. */
    public String revealText() {
        return HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT);
    }

    /** HMAC-SHA-256 of the message. */
    public byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "HostKey[" + guid + ']';
    }
}
