package countersign.interception.linux;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The native memory one attribution needs, reused. */
final class Scratch {
    static final int TEXT_SIZE = 4096;

    final OffHeap key = new OffHeap(Layout.FlowKey.SIZE);
    final OffHeap record = new OffHeap(Layout.Record.SIZE);
    final OffHeap confirmation = new OffHeap(Layout.Record.SIZE);
    final OffHeap path = new OffHeap(64);
    final OffHeap text = new OffHeap(TEXT_SIZE);
    final OffHeap statx = new OffHeap(Libc.STATX_SIZE);

    /** Writes {@code ascii} with its final zero to {@link #path}. */
    long pathOf(String ascii) {
        int length = ascii.length();
        for (int i = 0; i < length; i++) {
            path.bytes.put(i, (byte) ascii.charAt(i));
        }
        path.bytes.put(length, (byte) 0);
        return path.address;
    }

    /** Lends memory to one thread at a time; never holds more than there were threads at once. */
    static final class Pool {
        private final Queue<Scratch> free = new ConcurrentLinkedQueue<>();

        Scratch take() {
            Scratch scratch = free.poll();
            return scratch == null ? new Scratch() : scratch;
        }

        void give(Scratch scratch) {
            free.offer(scratch);
        }
    }
}
