package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.keys.KeyDescription;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the key keeper says about itself (secure-channel.md section 11).
 *
 * @param channelState {@code Unknown} or a state of section 4
 * @param key the key in memory
 */
record ChannelReport(String channelState, Optional<KeyDescription> key, RuleDocument rules) {
    static final ChannelReport START = new ChannelReport(SecureChannel.UNKNOWN, Optional.empty(), RuleDocument.EMPTY);

    ChannelReport {
        requireNonNull(channelState, "channelState");
        requireNonNull(key, "key");
        requireNonNull(rules, "rules");
    }

    /** The members of {@code keyLatchStatus.states}, in order; ids as received, HostGAPlugin's is WireServer's. */
    Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        states.put("secureChannelState", channelState);
        key.ifPresent(found -> states.put("keyGuid", found.guid()));
        states.put("wireServerRuleId", id(rules.wireserver()));
        states.put("imdsRuleId", id(rules.imds()));
        states.put("hostGARuleId", id(rules.wireserver()));
        key.ifPresent(found -> found.incarnation().ifPresent(number -> states.put("keyIncarnationId", Long.toString(number))));
        return states;
    }

    static String id(Optional<RuleItem> item) {
        return item.map(RuleItem::id).orElse("");
    }
}
