package countersign.host.simulator.verify;

import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.HostKey;
import countersign.host.simulator.http.Request;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Checks 3 to 8 of host-endpoints.md section 9, which do not depend on modes. Safe for concurrent use. */
public final class SignatureCheck {
    private static final Pattern AUTHORIZATION =
            Pattern.compile("Azure-HMAC-SHA256 ([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}) ([0-9a-f]{64})");
    private static final String ROOT = "{ \"isRoot\": \"true\"}";
    private static final String NOT_ROOT = "{ \"isRoot\": \"false\"}";

    private final HostClock clock;
    private volatile Duration tolerance = Duration.ofMinutes(15);

    public SignatureCheck(HostClock clock) {
        this.clock = clock;
    }

    /** How far the date of a request may be from the simulated time; 15 minutes unless changed. */
    public Duration tolerance() {
        return tolerance;
    }

    /** Changes the tolerance. */
    public void tolerate(Duration difference) {
        if (difference.isNegative()) {
            throw new IllegalArgumentException("date tolerance " + difference + ": expected zero or more");
        }
        tolerance = difference;
    }

    /**
     * Finds the first check a request fails.
     *
     * @param request a request whose body was kept
     * @param valid yields the key of a guid, or {@code null} where that key does not count
     * @return {@link Reason#VERIFIED} or one of the reasons numbered 3 to 8
     */
    public Reason check(Request request, Function<String, HostKey> valid) {
        List<String> fields = request.all(CanonicalString.AUTHORIZATION);
        if (fields.isEmpty()) {
            return Reason.SIGNATURE_MISSING;
        }
        var parts = AUTHORIZATION.matcher(fields.get(0));
        if (fields.size() > 1 || !parts.matches()) {
            return Reason.SIGNATURE_MALFORMED;
        }
        HostKey key = valid.apply(parts.group(1));
        if (key == null) {
            return Reason.KEY_UNKNOWN;
        }
        if (!dateIsClose(request.single("x-ms-azure-host-date"))) {
            return Reason.DATE;
        }
        if (isRoot(request) == null) {
            return Reason.CLAIMS;
        }
        byte[] expected = key.mac(CanonicalString.of(request));
        byte[] actual = HexFormat.of().parseHex(parts.group(2));
        return MessageDigest.isEqual(expected, actual) ? Reason.VERIFIED : Reason.SIGNATURE_MISMATCH;
    }

    /** What the claims header says; {@code null} unless it occurs once and is one of the two literal texts. */
    public static Boolean isRoot(Request request) {
        String claims = request.single("x-ms-azure-host-claims");
        return ROOT.equals(claims) ? Boolean.TRUE : NOT_ROOT.equals(claims) ? Boolean.FALSE : null;
    }

    private boolean dateIsClose(String text) {
        Instant date = text == null ? null : HostClock.parse(text);
        return date != null && Duration.between(date, clock.now()).abs().compareTo(tolerance) <= 0;
    }
}
