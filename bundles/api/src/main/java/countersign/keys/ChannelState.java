package countersign.keys;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import java.util.Map;
import java.util.Optional;

/**
 * What the agent knows of the secure channel at one moment: one immutable value, read once per request (secure-channel.md Q12, Q14).
 *
 * @param key the attested key, or one loaded from the vault that the host named; empty when there is none to sign with
 * @param known whether the host has ever been understood since start; until then nothing may be forwarded
 * @param hostNamedKey whether the last good status named a key, so that the host can check signatures
 * @param modes mode of each endpoint by the last good status; an endpoint that is not in the map is disabled
 */
public record ChannelState(Optional<SigningKey> key, boolean known, boolean hostNamedKey, Map<Endpoint, EndpointMode> modes) {
    /** Before the first good status. */
    public static final ChannelState UNKNOWN = new ChannelState(Optional.empty(), false, false, Map.of());

    public ChannelState {
        requireNonNull(key, "key");
        modes = Map.copyOf(modes);
    }

    public EndpointMode mode(Endpoint endpoint) {
        return modes.getOrDefault(endpoint, EndpointMode.DISABLED);
    }
}
