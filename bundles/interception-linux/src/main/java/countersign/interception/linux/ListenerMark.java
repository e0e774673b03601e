package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;

/** Tells the programs which socket of this process redirected connections may reach, and at which address. Not thread safe. */
final class ListenerMark {
    private static final long MARK = 1;

    private final BpfMap listeners;
    private final BpfMap targets;
    private final long netns;

    ListenerMark(BpfMap listeners, BpfMap targets, long netns) {
        this.listeners = listeners;
        this.targets = targets;
        this.netns = netns;
    }

    /** Marks the socket first, so that no redirected connection finds an unmarked one. */
    void set(InetSocketAddress listener) throws InterceptionException {
        OffHeap mark = new OffHeap(Long.BYTES);
        mark.bytes.putLong(0, MARK);
        listeners.update(descriptor(listener), mark);
        targets.update(cookie(), target(listener));
    }

    boolean isSet(InetSocketAddress listener) throws InterceptionException {
        OffHeap mark = new OffHeap(Long.BYTES);
        OffHeap target = new OffHeap(Layout.Target.SIZE);
        return listeners.lookup(descriptor(listener), mark)
                && mark.bytes.getLong(0) == MARK
                && targets.lookup(cookie(), target)
                && target.bytes.equals(target(listener).bytes);
    }

    /** The listener of this process to which connections go already, because a predecessor in the same process has claimed it. */
    Optional<InetSocketAddress> inForce() throws InterceptionException {
        OffHeap target = new OffHeap(Layout.Target.SIZE);
        if (!targets.lookup(cookie(), target)) {
            return Optional.empty();
        }
        InetSocketAddress listener = Addresses.getSocketAddress(target.bytes, Layout.Target.ADDR, Layout.Target.PORT_BE);
        return Sockets.findListener(listener).isPresent() && isSet(listener) ? Optional.of(listener) : Optional.empty();
    }

    private static OffHeap descriptor(InetSocketAddress listener) throws InterceptionException {
        OptionalInt fd = Sockets.findListener(listener);
        if (fd.isEmpty()) {
            throw new InterceptionException("no socket of this process listens on " + listener);
        }
        OffHeap key = new OffHeap(Integer.BYTES);
        key.bytes.putInt(0, fd.getAsInt());
        return key;
    }

    private OffHeap cookie() {
        OffHeap key = new OffHeap(Long.BYTES);
        key.bytes.putLong(0, netns);
        return key;
    }

    private static OffHeap target(InetSocketAddress listener) {
        OffHeap target = new OffHeap(Layout.Target.SIZE);
        Addresses.put(target.bytes, Layout.Target.ADDR, listener.getAddress());
        Addresses.putPort(target.bytes, Layout.Target.PORT_BE, listener.getPort());
        return target;
    }
}
