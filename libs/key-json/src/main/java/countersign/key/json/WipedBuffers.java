package countersign.key.json;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.RecyclerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gives one parser its buffers and overwrites them at the end, whatever became of the document. */
final class WipedBuffers extends RecyclerPool.NonRecyclingPoolBase<BufferRecycler> implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    private final transient List<char[]> handedOut = new ArrayList<>();

    @Override
    public BufferRecycler acquirePooled() {
        return new BufferRecycler() {
            @Override
            protected char[] calloc(int size) {
                char[] buffer = super.calloc(size);
                handedOut.add(buffer);
                return buffer;
            }
        };
    }

    @Override
    public void close() {
        handedOut.forEach(buffer -> Arrays.fill(buffer, (char) 0));
        handedOut.clear();
    }
}
