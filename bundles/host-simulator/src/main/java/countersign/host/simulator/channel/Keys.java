package countersign.host.simulator.channel;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The life cycle of keys, as the table in host-endpoints.md section 2 has it. Safe for concurrent use: every event
 * replaces one immutable {@link KeyState}.
 */
public final class Keys {
    private final HostClock clock;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger incarnations = new AtomicInteger();
    private final AtomicReference<KeyState> state = new AtomicReference<>(KeyState.NONE);

    public Keys(HostClock clock) {
        this.clock = clock;
    }

    /** The state now. */
    public KeyState state() {
        return state.get();
    }

    /** A key request: the outstanding key, the same again until it is attested, or a new one. */
    public synchronized HostKey issue() {
        KeyState now = state.get();
        if (now.issued() == null) {
            state.set(new KeyState(now.latched(), make(), now.reported()));
        }
        return state.get().issued();
    }

    /**
     * An attestation whose signature was right. Attesting the latched key again changes nothing and succeeds, because
     * the answer to the first time may have been lost.
     *
     * @return false if no key may be attested under this guid (any more)
     */
    public synchronized boolean attest(String guid) {
        KeyState now = state.get();
        HostKey key = now.attestableKey(guid);
        if (key == null) {
            return false;
        }
        if (key == now.issued()) {
            state.set(new KeyState(key, null, guid));
        }
        return true;
    }

    /** Makes a key and names it in the status at once. The latched one stays valid until the new one is attested. */
    public synchronized HostKey rotate() {
        HostKey key = make();
        state.set(new KeyState(state.get().latched(), key, key.guid()));
        return key;
    }

    /** Puts a known key in place as if it had been issued and attested. */
    public synchronized void install(String guid, String keyText) {
        HostKey key = HostKey.of(guid, incarnations.incrementAndGet(), clock.now(), keyText);
        state.set(new KeyState(key, null, guid));
    }

    /** Back to no key at all, as for a new virtual machine. */
    public synchronized void forget() {
        incarnations.set(0);
        state.set(KeyState.NONE);
    }

    private HostKey make() {
        return HostKey.random(incarnations.incrementAndGet(), clock.now(), random);
    }
}
