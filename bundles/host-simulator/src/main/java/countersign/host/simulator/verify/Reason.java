package countersign.host.simulator.verify;

/** Why a request was served or refused: the rows of the table in host-endpoints.md section 9. */
public enum Reason {
    UNSIGNED_ENDPOINT(1, "unsigned-endpoint", 200),
    EXEMPT(1, "exempt", 200),
    MODE_DISABLED(1, "mode-disabled", 200),
    NO_KEY_LATCHED(2, "no-key-latched", 200),
    SIGNATURE_MISSING(3, "signature-missing", 401),
    SIGNATURE_MALFORMED(4, "signature-malformed", 401),
    KEY_UNKNOWN(5, "key-unknown", 403),
    DATE(6, "date", 403),
    CLAIMS(7, "claims", 403),
    SIGNATURE_MISMATCH(8, "signature-mismatch", 403),
    VERIFIED(9, "verified", 200);

    private final int check;
    private final String text;
    private final int status;

    Reason(int check, String text, int status) {
        this.check = check;
        this.text = text;
        this.status = status;
    }

    /** The number of its row. */
    public int check() {
        return check;
    }

    /** Its name in journal, counters and refusals. */
    public String text() {
        return text;
    }

    /** The status of a refusal for this reason; 200 for reasons that serve. */
    public int status() {
        return status;
    }
}
