package countersign.keys.keeper.document;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One good status of the host.
 *
 * @param version {@code 1.0} or {@code 2.0}
 * @param keyGuid the key the host considers latched, valid as a guid; empty when it names none or the channel is off
 * @param channelState the string of secure-channel.md section 4, compared literally by outsiders
 * @param modes of every endpoint (secure-channel.md section 3)
 */
public record KeyStatus(
        String version, Optional<String> keyGuid, String channelState, Map<Endpoint, EndpointMode> modes, RuleDocument rules) {
    /** The {@link #channelState} of a channel that is off. */
    public static final String DISABLED = "disabled";

    public KeyStatus {
        requireNonNull(version, "version");
        requireNonNull(keyGuid, "keyGuid");
        requireNonNull(channelState, "channelState");
        modes = Map.copyOf(modes);
        requireNonNull(rules, "rules");
    }

    /** Whether the host demands a key. */
    public boolean enabled() {
        return !channelState.equals(DISABLED);
    }

    /** The endpoints to redirect: exactly those whose mode is not disabled. */
    public Set<Endpoint> redirected() {
        return modes.entrySet().stream()
                .filter(entry -> entry.getValue() != EndpointMode.DISABLED)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
