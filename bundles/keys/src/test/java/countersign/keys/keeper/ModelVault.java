package countersign.keys.keeper;

import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.LinkedHashMap;

/** A vault in memory that survives the agent and can be told to fail once. */
class ModelVault implements KeyVault {
    enum Fault { NONE, STORE, READ_BACK, CONFIRM, LOAD, PRUNE }

    final Map<String, SigningKey> attested = new LinkedHashMap<>();
    final Map<String, SigningKey> pending = new LinkedHashMap<>();
    Fault fault = Fault.NONE;
    /** Read back in place of what was stored, unless {@code null}. */
    SigningKey instead;

    @Override
    public void store(SigningKey key) throws IOException {
        failOn(Fault.STORE);
        pending.put(key.guid(), key);
    }

    @Override
    public void confirm(String guid) throws IOException {
        failOn(Fault.CONFIRM);
        attested.put(guid, pending.remove(guid));
        pending.clear();
    }

    @Override
    public Optional<SigningKey> pending(String guid) throws IOException {
        failOn(Fault.READ_BACK);
        return Optional.ofNullable(instead != null ? instead : pending.get(guid));
    }

    @Override
    public Optional<SigningKey> load(String guid) throws IOException {
        failOn(Fault.LOAD);
        return Optional.ofNullable(attested.get(guid));
    }

    @Override
    public void prune(String current, Optional<String> previous) throws IOException {
        failOn(Fault.PRUNE);
        Optional<String> newest = attested.keySet().stream().filter(guid -> !guid.equals(current)).reduce((first, second) -> second);
        Optional<String> kept = previous.isPresent() ? previous : newest;
        attested.keySet().removeIf(guid -> !guid.equals(current) && !Optional.of(guid).equals(kept));
    }

    private void failOn(Fault here) throws IOException {
        if (fault == here) {
            fault = Fault.NONE;
            throw new IOException("disk: " + here);
        }
    }
}
