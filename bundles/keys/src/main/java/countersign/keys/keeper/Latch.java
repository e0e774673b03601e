package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.host.HostClient;
import countersign.host.HostResponse;
import countersign.key.json.KeyJson;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Obtains keys (secure-channel.md section 5). The order is the safety: nothing is attested that has not been stored and read back, nothing
 * is handed out that was not attested.
 */
final class Latch {
    private final HostClient host;
    private final KeyVault vault;

    Latch(HostClient host, KeyVault vault) {
        this.host = requireNonNull(host, "host");
        this.vault = requireNonNull(vault, "vault");
    }

    /** The attested key of that guid from the vault. */
    Optional<SigningKey> stored(String guid) throws IOException {
        return vault.load(guid);
    }

    /**
     * The key of that guid which was stored but, as far as we know, not attested: the host naming it says that it accepted it and its answer was
     * lost. It is attested once more, because only that proves that we hold the same key.
     */
    Optional<SigningKey> resumed(String guid) throws IOException {
        Optional<SigningKey> pending = vault.pending(guid);
        if (pending.isPresent()) {
            attest(pending.get());
        }
        return pending;
    }

    /** A new key: asked for, stored, read back, attested. */
    SigningKey acquired() throws IOException {
        SigningKey key = request();
        vault.store(key);
        if (vault.pending(key.guid()).filter(key::sameKeyAs).isEmpty()) {
            throw new IOException("key " + key.guid() + ": expected to read back what was stored, got something else");
        }
        attest(key);
        return key;
    }

    /** Tells the vault that an attested key is one. */
    void confirm(SigningKey key) throws IOException {
        vault.confirm(key.guid());
    }

    void prune(SigningKey current, Optional<String> previous) throws IOException {
        vault.prune(current.guid(), previous);
    }

    private SigningKey request() throws IOException {
        HostResponse answer = host.send(ChannelRequests.acquire());
        try {
            if (answer.status() != 200) {
                throw new IOException("key request: expected status 200, got " + answer.status());
            }
            if (answer.isXml()) {
                throw new IOException("key document: expected JSON, got XML");
            }
            byte[] document = answer.utf8();
            return KeyJson.take(document, document.length);
        } finally {
            Arrays.fill(answer.body(), (byte) 0);
        }
    }

    private void attest(SigningKey key) throws IOException {
        int status = host.send(ChannelRequests.attest(key)).status();
        if (status != 200) {
            throw new IOException("attestation of key " + key.guid() + ": expected status 200, got " + status);
        }
    }
}
