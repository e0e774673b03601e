package countersign.host.simulator.http;

/** Input that is refused before anything is verified, because two readers could understand it differently. */
public enum BadInput {
    REQUEST_LINE(400, "request-line", "method, target and HTTP/1.1 with single blanks, ended by CR LF"),
    VERSION(400, "version", "HTTP/1.1 or HTTP/1.0"),
    TARGET(400, "target", "origin or http absolute form in the characters of signing.md section 5"),
    TARGET_TOO_LONG(414, "target-too-long", "at most 65534 bytes"),
    HEADER_SYNTAX(400, "header-syntax", "token, colon, value, CR LF; no folding"),
    HEADER_BYTE(400, "header-byte", "value bytes 0x20 to 0x7e and TAB"),
    HEADERS_TOO_LARGE(431, "headers-too-large", "at most 128 fields in 256 KiB"),
    HOST_MISSING(400, "host-missing", "HTTP/1.1 needs a host field"),
    HOST_REPEATED(400, "host-repeated", "one host field"),
    LENGTH_REPEATED(400, "content-length-repeated", "one content-length field"),
    LENGTH_INVALID(400, "content-length-invalid", "decimal digits"),
    TRANSFER_ENCODING(400, "transfer-encoding", "one field with the value chunked, on HTTP/1.1"),
    LENGTH_AND_CHUNKED(400, "length-and-chunked", "content-length or transfer-encoding, not both"),
    CHUNK(400, "chunk", "hex size, CR LF, data, CR LF; no extensions, no trailers"),
    BODY_TRUNCATED(400, "truncated", "the connection ended inside the request"),
    BODY_TOO_LARGE(413, "body-too-large", "100 MiB when exempt, otherwise 1 MiB");

    private final int status;
    private final String text;
    private final String expected;

    BadInput(int status, String text, String expected) {
        this.status = status;
        this.text = text;
        this.expected = expected;
    }

    /** The status it is answered with. */
    public int status() {
        return status;
    }

    /** Its name in journal and counters. */
    public String text() {
        return text;
    }

    /** What would have been accepted. */
    public String expected() {
        return expected;
    }
}
