package countersign.endorsement;

import java.util.Locale;

/** Why a request is not endorsed, and how the client is told (signing.md section 9, secure-channel.md Q8). */
public enum RefusalReason {
    HEADER_BYTES(400, "signing.md S2", "header value with a byte outside 0x20 to 0x7e and TAB"),
    HEADER_REPEATED(400, "signing.md S3", "repeated header that must be single"),
    QUERY_COLLISION(400, "signing.md S4", "different query pairs that sort alike"),
    LENGTH_SYNTAX(400, "RFC 9112 section 6.3", "Content-Length that is not a decimal number"),
    TRANSFER_CODING(400, "RFC 9112 section 6.1", "Transfer-Encoding other than chunked"),
    LENGTH_AND_CHUNKED(400, "signing.md S8", "Content-Length together with Transfer-Encoding"),
    AUTHORITY(400, "signing.md S11", "absolute-form target whose authority is not the destination"),
    TARGET_BYTES(400, "signing.md section 5", "request target with a character that is not permitted"),
    TARGET_LENGTH(414, "signing.md section 5", "request target longer than 65534 bytes"),
    HEADER_COUNT(431, "signing.md section 5", "more than 100 header fields"),
    BODY_LENGTH(413, "signing.md section 8", "length limit exceeded"),
    SIGNING_FAILED(500, "signing.md S6", "signing failed"),
    NO_USABLE_KEY(503, "secure-channel.md Q8", "the host expects signatures and there is no usable key"),
    CHANNEL_UNKNOWN(503, "architecture.md rule 1", "the host has not been understood yet");

    private final int status;
    private final String source;
    private final String description;

    RefusalReason(int status, String source, String description) {
        this.status = status;
        this.source = source;
        this.description = description;
    }

    /** HTTP status of the agent's answer. */
    public int status() {
        return status;
    }

    /** Where the rule stands. */
    public String source() {
        return source;
    }

    public String description() {
        return description;
    }

    /** Name of the reason in events and counters, for example {@code header-repeated}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
