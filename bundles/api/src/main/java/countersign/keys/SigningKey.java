package countersign.keys;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key and its guid, inseparable (secure-channel.md Q14). The only place in the agent that holds key bytes: it can sign and it can
 * write itself out for a vault, and it tells nobody what it is. Immutable, safe from any thread.
 */
public final class SigningKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 32;

    private final KeyDescription description;
    private final SecretKeySpec secret;

    private SigningKey(KeyDescription description, SecretKeySpec secret) {
        this.description = description;
        this.secret = secret;
    }

    /**
     * Takes over a key as 64 hexadecimal digits in ASCII, either case. Always overwrites {@code hex}.
     *
     * @throws IllegalArgumentException when it is not that; the message does not quote it
     */
    public static SigningKey takeHex(KeyDescription description, byte[] hex) {
        byte[] raw = new byte[LENGTH];
        try {
            if (hex.length != 2 * LENGTH) {
                throw new IllegalArgumentException("key: expected 64 hexadecimal digits, got " + hex.length + " bytes");
            }
            for (int i = 0; i < LENGTH; i++) {
                raw[i] = (byte) (digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
            }
            return new SigningKey(description, new SecretKeySpec(raw, ALGORITHM));
        } finally {
            Arrays.fill(hex, (byte) 0);
            Arrays.fill(raw, (byte) 0);
        }
    }

    public KeyDescription description() {
        return description;
    }

    public String guid() {
        return description.guid();
    }

    /** The signature over the concatenation of {@code parts}, as 64 lower-case hexadecimal digits (signing.md section 2). */
    public String sign(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            // Every Java runtime must ship HmacSHA256, and any bytes are a valid HMAC key.
            throw new IllegalStateException(ALGORITHM + " unavailable", e);
        }
    }

    /** Writes the key as 64 upper-case hexadecimal digits. For vaults only; whoever buffers them must overwrite the buffer. */
    public void writeHexTo(OutputStream vault) throws IOException {
        byte[] raw = secret.getEncoded();
        byte[] hex = new byte[2 * LENGTH];
        try {
            for (int i = 0; i < LENGTH; i++) {
                hex[2 * i] = hexDigit(raw[i] >> 4 & 15);
                hex[2 * i + 1] = hexDigit(raw[i] & 15);
            }
            vault.write(hex);
        } finally {
            Arrays.fill(raw, (byte) 0);
            Arrays.fill(hex, (byte) 0);
        }
    }

    /** Whether both hold the same guid and the same key, compared in constant time. Not {@code equals}: keys are not map keys. */
    public boolean sameKeyAs(SigningKey other) {
        byte[] mine = secret.getEncoded();
        byte[] theirs = other.secret.getEncoded();
        try {
            return MessageDigest.isEqual(mine, theirs) && guid().equals(other.guid());
        } finally {
            Arrays.fill(mine, (byte) 0);
            Arrays.fill(theirs, (byte) 0);
        }
    }

    @Override
    public String toString() {
        return "key " + guid();
    }

    private static byte hexDigit(int value) {
        return (byte) (value < 10 ? '0' + value : 'A' + value - 10);
    }

    private static int digit(byte c) {
        int value = c < 0 ? -1 : Character.digit(c, 16);
        if (value < 0) {
            throw new IllegalArgumentException("key: expected 64 hexadecimal digits, got another character among them");
        }
        return value;
    }
}
