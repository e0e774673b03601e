package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A body on its way into memory: within one limit of its own and one shared by all. */
final class BodyBuffer {
    private static final byte[] NONE = {};
    private static final int FIRST = 4 << 10;

    private final MemoryAccount account;
    private byte[] bytes = NONE;
    private int length;

    BodyBuffer(MemoryAccount account) {
        this.account = account;
    }

    /** Takes all of {@code chunk}; the refusal, or null when there was room. */
    Refusal add(ByteBuffer chunk) {
        int needed = length + chunk.remaining();
        if (needed > Limits.BODY) {
            return Refusal.BODY_LENGTH;
        }
        if (needed > bytes.length && !grow(needed)) {
            return Refusal.BODY_MEMORY;
        }
        chunk.get(bytes, length, chunk.remaining());
        length = needed;
        return null;
    }

    byte[] take() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /** Forgets the body and gives its memory back. */
    void clear() {
        if (bytes.length > 0) {
            account.giveBack(bytes.length);
            bytes = NONE;
            length = 0;
        }
    }

    private boolean grow(int needed) {
        int size = Math.min(Limits.BODY, Math.max(needed, Math.max(FIRST, bytes.length * 2)));
        if (!account.take(size - bytes.length)) {
            return false;
        }
        bytes = Arrays.copyOf(bytes, size);
        return true;
    }
}
