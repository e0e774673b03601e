package countersign.interception.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Memory that native code may read and write: a buffer in host byte order and its address. It is freed when this object is no
 * longer reachable, so whoever passes {@link #address} on keeps the object until the call is over. Not thread safe.
 */
final class OffHeap {
    final ByteBuffer bytes;
    final long address;

    OffHeap(int size) {
        bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }

    /** A copy of {@code text} with the zero byte that C wants at its end. */
    static OffHeap cString(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        OffHeap memory = new OffHeap(encoded.length + 1);
        memory.bytes.put(0, encoded);
        return memory;
    }

    static OffHeap copyOf(byte[] content) {
        OffHeap memory = new OffHeap(content.length);
        memory.bytes.put(0, content);
        return memory;
    }

    void clear() {
        for (int i = 0; i < bytes.capacity(); i++) {
            bytes.put(i, (byte) 0);
        }
    }
}
