package countersign.telemetry.host;

import countersign.summary.RequestSummary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Knows which requests begin a new bucket of 15 minutes for those who made them (status.md section 5.2). Callers choose who they are in
 * thousands of ways, so identities are kept as digests, and no more of them than a limit. Not thread-safe.
 */
final class FirstHits {
    static final int IDENTITIES = 2000;
    private static final long BUCKET = Duration.ofMinutes(15).toNanos();

    /** What a request is among those of its identity. */
    enum Hit {
        /** The first of a bucket. */
        FIRST,
        /** A later one. */
        LATER,
        /** Of an identity there is no room for. */
        UNKNOWN
    }

    /** The first half of a SHA-256. */
    private record Identity(long high, long low) {}

    /** Start of the newest bucket; in the order of these starts. */
    private final Map<Identity, Long> buckets = new LinkedHashMap<>();
    private final MessageDigest digest = sha256();

    /** @param now monotonic nanoseconds */
    Hit hit(RequestSummary summary, String responseStatus, long now) {
        forget(now);
        Identity identity = identity(summary, responseStatus);
        if (buckets.containsKey(identity)) {
            return Hit.LATER;
        }
        if (buckets.size() >= IDENTITIES) {
            return Hit.UNKNOWN;
        }
        buckets.put(identity, now);
        return Hit.FIRST;
    }

    private void forget(long now) {
        for (Iterator<Long> oldest = buckets.values().iterator(); oldest.hasNext() && now - oldest.next() >= BUCKET;) {
            oldest.remove();
        }
    }

    private Identity identity(RequestSummary summary, String responseStatus) {
        add(summary.userName());
        add(summary.clientIp());
        add(summary.ip());
        add(Integer.toString(summary.port()));
        add(summary.processFullPath());
        add(summary.processCmdLine());
        add(responseStatus);
        ByteBuffer sum = ByteBuffer.wrap(digest.digest());
        return new Identity(sum.getLong(), sum.getLong());
    }

    /** With its length in front, so that no text can be part of its neighbour. */
    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
