package countersign.keys;

import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Keeps latched keys at rest. Called from one thread at a time; does blocking I/O. */
@ProviderType
public interface KeyVault {
    /**
     * Stores a key durably: when this returns, a crash cannot lose it.
     *
     * @throws IOException when that cannot be promised, also when others could read what is stored; the message says what was expected
     */
    void store(SigningKey key) throws IOException;

    /**
     * Reads the key of that guid. Empty when there is none or what is there is not a valid key of that guid (secure-channel.md Q16).
     *
     * @throws IOException when the vault cannot be read
     */
    Optional<SigningKey> load(String guid) throws IOException;

    /** Deletes every key but those of {@code current} and, if any, {@code previous} (secure-channel.md Q18). */
    void prune(String current, Optional<String> previous) throws IOException;
}
