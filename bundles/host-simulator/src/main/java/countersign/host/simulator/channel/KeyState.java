package countersign.host.simulator.channel;

/**
 * The keys at one moment (host-endpoints.md section 2).
 *
 * @param latched the attested key, which signs everything; {@code null} before the first attestation
 * @param issued a key handed out, or kept ready after a rotation, and not attested yet; else {@code null}
 * @param reported the guid the status document names; {@code null} for none
 */
public record KeyState(HostKey latched, HostKey issued, String reported) {
    static final KeyState NONE = new KeyState(null, null, null);

    /** The key valid for ordinary requests, if it has this guid; else {@code null}. */
    public HostKey validKey(String guid) {
        return latched != null && latched.guid().equals(guid) ? latched : null;
    }

    /** The key that may be attested under this guid; else {@code null}. */
    public HostKey attestableKey(String guid) {
        return issued != null && issued.guid().equals(guid) ? issued : validKey(guid);
    }
}
