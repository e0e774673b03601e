package countersign.proxy.jetty;

import countersign.attribution.AttributionOutcome;
import countersign.endorsement.RefusalReason;
import java.util.Locale;

/** Why a request was not forwarded or its answer broke off. Status 0: the connection is closed without an answer. */
enum Refusal {
    MALFORMED(400, "proxy.md section 11", "not a request of HTTP/1.1 or HTTP/1.0"),
    HTTP10_CHUNKED(400, "signing.md S10", "Transfer-Encoding in a request of HTTP/1.0"),
    CONNECTION_OPTION(400, "proxy.md P6", "Connection names a field that is not hop-by-hop"),
    HEAD_LENGTH(431, "proxy.md section 11", "request head too large"),
    HEAD_STALLED(0, "proxy.md P5", "request head not complete in time"),

    TARGET_LENGTH(RefusalReason.TARGET_LENGTH),
    TARGET_BYTES(RefusalReason.TARGET_BYTES),
    HEADER_COUNT(RefusalReason.HEADER_COUNT),
    HEADER_BYTES(RefusalReason.HEADER_BYTES),
    HEADER_REPEATED(RefusalReason.HEADER_REPEATED),
    LENGTH_SYNTAX(RefusalReason.LENGTH_SYNTAX),
    TRANSFER_CODING(RefusalReason.TRANSFER_CODING),
    LENGTH_AND_CHUNKED(RefusalReason.LENGTH_AND_CHUNKED),
    QUERY_COLLISION(RefusalReason.QUERY_COLLISION),
    AUTHORITY(RefusalReason.AUTHORITY),
    BODY_LENGTH(RefusalReason.BODY_LENGTH),

    METHOD(405, "proxy.md section 4", "method not allowed"),
    TRAVERSAL(403, "proxy.md section 5", "path with an empty segment or two dots"),
    METADATA_MISSING(400, "proxy.md sections 6 and 7", "local query without the header Metadata"),
    STATUS_NOT_ELEVATED(403, "proxy.md section 7", "status query of a caller that is not known to be elevated"),

    PEER(421, "proxy.md P2", "peer address is not loopback"),
    NO_RECORD(421, "proxy.md section 2", "the kernel has no record of the connection"),
    RECORD_LAYOUT(421, "interception.md section 4", "the kernel's record has another layout"),
    DESTINATION(421, "interception.md section 4", "the recorded destination is not guarded"),
    EXECUTABLE_NAME(421, "proxy.md P11", "the caller's executable has a path that is not UTF-8"),
    ATTRIBUTION_UNAVAILABLE(421, "interception.md section 4", "the kernel's tables could not be read"),

    AUTHORIZATION(403, "authorization.md section 7", "policy does not let this caller have this path"),

    BODY_MALFORMED(400, "signing.md S5", "body framing broken"),
    BODY_STALLED(400, "proxy.md P5", "body not received in time"),
    BODY_MEMORY(503, "architecture.md rule 7", "too many bodies held in memory"),
    CONNECTIONS(503, "proxy.md P5", "too many connections"),
    USER_CONNECTIONS(503, "proxy.md P5", "too many connections of this user"),
    DISPLACED(0, "proxy.md P5", "a connection without attribution, or refused, made way for a newer one"),

    ATTRIBUTION_ABSENT(503, "architecture.md rule 1", "no attribution service"),
    AUTHORIZER_ABSENT(503, "architecture.md rule 1", "no authorization service"),
    ENDORSER_ABSENT(503, "architecture.md rule 1", "no endorsement service"),
    PROVISIONING_ABSENT(503, "architecture.md rule 1", "no provisioning service"),
    STATUS_ABSENT(503, "architecture.md rule 1", "no status service"),

    SIGNING_FAILED(RefusalReason.SIGNING_FAILED),
    NO_USABLE_KEY(RefusalReason.NO_USABLE_KEY),
    CHANNEL_UNKNOWN(RefusalReason.CHANNEL_UNKNOWN),

    SERVICE_UNREACHABLE(502, "proxy.md section 10", "no connection to the host"),
    SERVICE_SWITCHES(502, "proxy.md P6", "the host wants to switch protocols"),
    SERVICE_FAILED(503, "proxy.md section 10", "the host gave no complete response head"),
    SERVICE_SILENT(503, "proxy.md P5", "the host gave no response head in time"),

    SERVICE_BROKE_OFF(0, "proxy.md section 10", "the host broke off its response"),
    CLIENT_GONE(0, "proxy.md section 10", "the client left before its answer was complete"),
    INTERNAL(500, "proxy.md section 3", "internal error");

    private final int status;
    private final String source;
    private final String description;
    private final String label;

    Refusal(int status, String source, String description) {
        this.status = status;
        this.source = source;
        this.description = description;
        this.label = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Refusal(RefusalReason reason) {
        this(reason.status(), reason.source(), reason.description());
    }

    static Refusal of(RefusalReason reason) {
        return valueOf(reason.name());
    }

    static Refusal of(AttributionOutcome.Reason reason) {
        return switch (reason) {
            case NO_RECORD -> NO_RECORD;
            case RECORD_LAYOUT -> RECORD_LAYOUT;
            case DESTINATION -> DESTINATION;
            case EXECUTABLE_NAME -> EXECUTABLE_NAME;
            case UNAVAILABLE -> ATTRIBUTION_UNAVAILABLE;
        };
    }

    int status() {
        return status;
    }

    /** Where the rule stands. */
    String source() {
        return source;
    }

    String description() {
        return description;
    }

    /** Name in events and counters, for example {@code header-repeated}. */
    String label() {
        return label;
    }
}
