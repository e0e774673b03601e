package countersign.host.client;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Growing bytes that leave no copy behind. */
final class WipedBytes implements Closeable {
    private byte[] bytes = new byte[1024];
    private int length;

    int length() {
        return length;
    }

    void append(ByteBuffer source, int count) {
        if (length + count > bytes.length) {
            byte[] larger = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
            Arrays.fill(bytes, (byte) 0);
            bytes = larger;
        }
        source.get(bytes, length, count);
        length += count;
    }

    /** A copy of exactly what was appended, to be overwritten by whoever gets it. */
    byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
        length = 0;
    }
}
