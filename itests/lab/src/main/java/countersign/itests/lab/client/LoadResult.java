package countersign.itests.lab.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * What came of a {@link LoadPlan}.
 *
 * @param latencies nanoseconds of every measured request that was answered rightly
 * @param requests all requests, those of the warm-up included
 * @param failed requests without an answer, those of the warm-up included
 * @param misjudged answers with another status than the right one, likewise
 * @param ok answers with status 200, likewise
 * @param nanos how long was measured
 * @param firstFault what went wrong first; empty if nothing did
 */
public record LoadResult(Histogram latencies, long requests, long failed, long misjudged, long ok, long nanos, String firstFault) {
    /** Right answers a second. */
    public double rate() {
        return latencies.getTotalCount() * 1e9 / nanos;
    }

    /** Latency in milliseconds that this percentage of requests did not exceed. */
    public double millis(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    /** Both together. */
    public LoadResult plus(LoadResult other) {
        Histogram sum = latencies.copy();
        sum.add(other.latencies);
        return new LoadResult(sum, requests + other.requests, failed + other.failed, misjudged + other.misjudged, ok + other.ok,
                nanos + other.nanos, firstFault.isEmpty() ? other.firstFault : firstFault);
    }

    String encode() {
        ByteBuffer buffer = ByteBuffer.allocate(latencies.getNeededByteBufferCapacity());
        int length = latencies.encodeIntoCompressedByteBuffer(buffer);
        Base64.Encoder base64 = Base64.getEncoder();
        return String.join(" ", Long.toString(requests), Long.toString(failed), Long.toString(misjudged), Long.toString(ok), Long.toString(nanos),
                base64.encodeToString(Arrays.copyOf(buffer.array(), length)),
                "=" + base64.encodeToString(firstFault.getBytes(StandardCharsets.UTF_8)));
    }

    static LoadResult decode(String[] words) {
        Base64.Decoder base64 = Base64.getDecoder();
        try {
            return new LoadResult(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(base64.decode(words[5])), 0),
                    Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]),
                    Long.parseLong(words[4]), new String(base64.decode(words[6].substring(1)), StandardCharsets.UTF_8));
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("histogram: expected the load generator's own form", e);
        }
    }
}
