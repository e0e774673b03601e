package countersign.keys;

import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Keeps keys at rest. An attested key is only ever replaced by an attested one, so that a bad answer of the host cannot destroy a good key.
 * Called from one thread at a time; does blocking I/O.
 */
@ProviderType
public interface KeyVault {
    /**
     * Stores a key that has yet to be attested, durably: when this returns, a crash cannot lose it. An attested key of that guid stays.
     *
     * @throws IOException when that cannot be promised, also when others could read what is stored; the message says what was expected
     */
    void store(SigningKey key) throws IOException;

    /**
     * Makes the key stored last under this guid the attested one, durably. Other keys that have yet to be attested are deleted: the host has
     * just said which one it wants.
     *
     * @throws IOException when that cannot be promised; the key is then still there, attested or as one to be
     */
    void confirm(String guid) throws IOException;

    /**
     * Reads back what {@link #store} has stored under this guid and {@link #confirm} has not confirmed. Empty when there is none or what is
     * there is not a valid key of that guid.
     *
     * @throws IOException when the vault cannot be read
     */
    Optional<SigningKey> pending(String guid) throws IOException;

    /**
     * Reads the attested key of that guid. Empty when there is none or what is there is not a valid key of that guid (secure-channel.md Q16).
     *
     * @throws IOException when the vault cannot be read
     */
    Optional<SigningKey> load(String guid) throws IOException;

    /**
     * Deletes every attested key but those of {@code current} and {@code previous} (secure-channel.md Q18). Without a previous one, as after a
     * restart, the newest other attested key stays in its place.
     */
    void prune(String current, Optional<String> previous) throws IOException;
}
