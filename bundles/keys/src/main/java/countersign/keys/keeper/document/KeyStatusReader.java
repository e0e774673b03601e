package countersign.keys.keeper.document;

import com.fasterxml.jackson.core.JsonParser;
import countersign.keys.KeyDescription;
import countersign.policy.RuleDocument;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.ObjectReader;
import countersign.rules.json.RuleDocuments;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads and validates the status document (secure-channel.md section 2; Q4, Q7 and Q15 are refusals). Stateless. */
public final class KeyStatusReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;
    private static final Set<String> STATES = Set.of(KeyStatus.DISABLED, "wireserver", "wireserverandimds");

    private KeyStatusReader() {}

    /** The members as they stand; an absent optional one and {@code null} are the same. */
    record Members(
            String scheme,
            String deliveryMethod,
            Optional<String> keyGuid,
            Optional<String> state,
            Optional<Boolean> enabled,
            String version,
            Optional<RuleDocument> rules) {}

    /** @throws RefusedStatusException when any part of it is not as it must be */
    public static KeyStatus read(byte[] utf8) throws RefusedStatusException {
        try {
            return accept(JsonBytes.read(utf8, MAX_BYTES, KeyStatusReader::members));
        } catch (MalformedJson e) {
            // Only the place: the parser's own words may quote the document (secure-channel.md Q2).
            throw new RefusedStatusException(
                    "expected a status document, got something else at line " + e.line() + ", column " + e.column() + " of " + utf8.length + " bytes");
        }
    }

    private static Members members(JsonParser parser) throws IOException {
        ObjectReader object = ObjectReader.open(parser, "authorizationScheme", "keyDeliveryMethod", "keyIncarnationId", "keyGuid",
                "requiredClaimsHeaderPairs", "secureChannelState", "secureChannelEnabled", "version", "authorizationRules");
        String scheme = null;
        String method = null;
        Optional<String> guid = Optional.empty();
        Optional<String> state = Optional.empty();
        Optional<Boolean> enabled = Optional.empty();
        String version = null;
        Optional<RuleDocument> rules = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            switch (member) {
                case "authorizationScheme" -> scheme = object.string();
                case "keyDeliveryMethod" -> method = object.string();
                case "keyGuid" -> guid = object.optionalString();
                case "secureChannelState" -> state = object.optionalString();
                case "secureChannelEnabled" -> enabled = object.optional(ignored -> object.bool());
                case "version" -> version = object.string();
                case "authorizationRules" -> rules = object.optional(RuleDocuments::read);
                case "keyIncarnationId" -> object.optional(ignored -> object.integer(0, UNSIGNED_32));
                default -> object.optional(ignored -> object.list(ObjectReader::string));
            }
        }
        return new Members(object.require("authorizationScheme", scheme), object.require("keyDeliveryMethod", method), guid, state, enabled,
                object.require("version", version), rules);
    }

    private static KeyStatus accept(Members members) throws RefusedStatusException {
        expect(members.scheme.equals(KeyDescription.SCHEME), "authorizationScheme: expected " + KeyDescription.SCHEME);
        expect(members.deliveryMethod.equals("http"), "keyDeliveryMethod: expected http, the only one implemented");
        expect(members.enabled.isPresent() || members.state.isPresent(), "expected secureChannelEnabled or secureChannelState");
        Optional<String> state = members.state.map(text -> text.toLowerCase(Locale.ROOT));
        expect(state.isEmpty() || STATES.contains(state.get()), "secureChannelState: expected Disabled, Wireserver or WireserverAndImds");
        ChannelRules channel = switch (members.version) {
            case "1.0" -> ChannelRules.ofState(require(state, "version 1.0: expected secureChannelState"));
            case "2.0" -> ChannelRules.ofItems(require(members.enabled, "version 2.0: expected secureChannelEnabled"), members.rules);
            default -> throw new RefusedStatusException("version: expected 1.0 or 2.0, got another text");
        };
        RuleDocument rules = members.rules.orElse(RuleDocument.EMPTY);
        for (var item : List.of(rules.wireserver(), rules.imds())) {
            expect(item.isEmpty() || ChannelRules.isMode(item.get()), "authorizationRules: expected the modes disabled, audit or enforce");
        }
        return new KeyStatus(members.version, guid(members.keyGuid, channel.state()), channel.state(), channel.modes(), rules);
    }

    /** A channel that is off needs no key, so it does not matter what is named then. */
    private static Optional<String> guid(Optional<String> keyGuid, String channelState) throws RefusedStatusException {
        if (channelState.equals(KeyStatus.DISABLED)) {
            return Optional.empty();
        }
        expect(keyGuid.isEmpty() || KeyDescription.isGuid(keyGuid.get()), "keyGuid: expected 8-4-4-4-12 hexadecimal digits that are not all zero");
        return keyGuid;
    }

    private static <T> T require(Optional<T> value, String expectation) throws RefusedStatusException {
        expect(value.isPresent(), expectation);
        return value.get();
    }

    private static void expect(boolean condition, String expectation) throws RefusedStatusException {
        if (!condition) {
            throw new RefusedStatusException(expectation);
        }
    }
}
