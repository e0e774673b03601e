package countersign.keys.keeper.document;

import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import java.util.Map;
import java.util.Optional;

/**
 * Modes and state string, the two things that schema 1.0 and 2.0 say differently (secure-channel.md sections 3 and 4). HostGAPlugin always
 * follows WireServer.
 */
record ChannelRules(String state, Map<Endpoint, EndpointMode> modes) {
    static ChannelRules ofState(String state) {
        EndpointMode wireserver = state.equals(KeyStatus.DISABLED) ? EndpointMode.DISABLED : EndpointMode.ENFORCE;
        EndpointMode imds = switch (state) {
            case "wireserver" -> EndpointMode.AUDIT;
            case "wireserverandimds" -> EndpointMode.ENFORCE;
            default -> EndpointMode.DISABLED;
        };
        return new ChannelRules(state, modes(wireserver, imds));
    }

    /** The modes count even while the channel is off: endpoints stay guarded then, without a key (secure-channel.md Q6). */
    static ChannelRules ofItems(boolean enabled, Optional<RuleDocument> rules) {
        EndpointMode wireserver = mode(rules.flatMap(RuleDocument::wireserver));
        EndpointMode imds = mode(rules.flatMap(RuleDocument::imds));
        String state = enabled && rules.isPresent()
                // Two blanks before IMDS: outsiders compare the whole text.
                ? "WireServer " + wireserver.label() + " -  IMDS " + imds.label() + " - HostGA " + wireserver.label()
                : KeyStatus.DISABLED;
        return new ChannelRules(state, modes(wireserver, imds));
    }

    static boolean isMode(RuleItem item) {
        return EndpointMode.parse(item.mode()).isPresent();
    }

    private static EndpointMode mode(Optional<RuleItem> item) {
        return item.flatMap(found -> EndpointMode.parse(found.mode())).orElse(EndpointMode.DISABLED);
    }

    private static Map<Endpoint, EndpointMode> modes(EndpointMode wireserver, EndpointMode imds) {
        return Map.of(Endpoint.WIRESERVER, wireserver, Endpoint.IMDS, imds, Endpoint.HOSTGA, wireserver);
    }
}
