package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.lang.ref.Reference;
import java.util.function.Consumer;

/** One kernel map. Keys and values lie in the caller's {@link OffHeap} memory, whose size must fit the map's. */
final class BpfMap {
    private final String name;
    private final int fd;

    BpfMap(String name, int fd) {
        this.name = name;
        this.fd = fd;
    }

    /** A question about one entry. */
    interface Condition {
        boolean test(OffHeap key) throws InterceptionException;
    }

    /** Copies the value for {@code key} to {@code value}; false when there is none. */
    boolean lookup(OffHeap key, OffHeap value) throws InterceptionException {
        int result = Libbpf.bpf_map_lookup_elem(fd, key.address, value.address);
        int errno = Libc.errno();
        keep(key, value);
        return result == 0 || absent("look up", errno);
    }

    void update(OffHeap key, OffHeap value) throws InterceptionException {
        int result = Libbpf.bpf_map_update_elem(fd, key.address, value.address, 0);
        int errno = Libc.errno();
        keep(key, value);
        if (result != 0) {
            throw failed("write", errno);
        }
    }

    /** Removes the entry; false when there was none. */
    boolean delete(OffHeap key) throws InterceptionException {
        int result = Libbpf.bpf_map_delete_elem(fd, key.address);
        int errno = Libc.errno();
        keep(key, key);
        return result == 0 || absent("delete from", errno);
    }

    /**
     * Removes every entry whose key, of {@code keySize} bytes, satisfies the condition.
     *
     * @return how many were removed
     */
    int deleteIf(int keySize, Condition condition) throws InterceptionException {
        OffHeap previous = null;
        OffHeap key = new OffHeap(keySize);
        int removed = 0;
        while (next(previous, key)) {
            if (condition.test(key)) {
                removed += delete(key) ? 1 : 0;
            } else {
                OffHeap free = previous == null ? new OffHeap(keySize) : previous;
                previous = key;
                key = free;
            }
        }
        return removed;
    }

    /** Calls {@code action} with every key; the map must not lose entries meanwhile. */
    int forEachKey(int keySize, Consumer<OffHeap> action) throws InterceptionException {
        OffHeap previous = null;
        OffHeap key = new OffHeap(keySize);
        int seen = 0;
        while (next(previous, key)) {
            action.accept(key);
            seen++;
            OffHeap free = previous == null ? new OffHeap(keySize) : previous;
            previous = key;
            key = free;
        }
        return seen;
    }

    private boolean next(OffHeap previous, OffHeap key) throws InterceptionException {
        long from = previous == null ? 0 : previous.address;
        int result = Libbpf.bpf_map_get_next_key(fd, from, key.address);
        int errno = Libc.errno();
        keep(previous, key);
        return result == 0 || absent("walk", errno);
    }

    /** The call had only addresses: without this, the memory behind them could be freed while the kernel uses it. */
    private static void keep(OffHeap one, OffHeap other) {
        Reference.reachabilityFence(one);
        Reference.reachabilityFence(other);
    }

    private boolean absent(String what, int errno) throws InterceptionException {
        if (errno == Libc.ENOENT) {
            return false;
        }
        throw failed(what, errno);
    }

    private InterceptionException failed(String what, int errno) {
        return new InterceptionException("cannot " + what + " kernel map " + name + ": " + Libc.describe(errno));
    }
}
