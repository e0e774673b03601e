package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Proves that connects are redirected and recorded, by making one of each kind: IPv4, and IPv4-mapped IPv6, which has a hook of
 * its own. The listener's owner sees two connections that end at once.
 */
final class Canary {
    /** A loopback address where nobody listens, so that a connect that is not redirected is refused. */
    static final InetSocketAddress ADDRESS = new InetSocketAddress("127.67.83.1", 1);

    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

    private final Policy policy;
    private final AcceptedTable table;
    private final int tgid;
    private final long startTicks;

    Canary(Policy policy, AcceptedTable table, int tgid, long startTicks) {
        this.policy = policy;
        this.table = table;
        this.tgid = tgid;
        this.startTicks = startTicks;
    }

    /** @throws InterceptionException when a connect did not arrive at {@code listener} with this process' identity */
    void sing(InetSocketAddress listener) throws InterceptionException {
        policy.addCanary(ADDRESS);
        try {
            sing(StandardProtocolFamily.INET, listener);
            if (!Boolean.getBoolean("java.net.preferIPv4Stack")) {
                sing(StandardProtocolFamily.INET6, listener);
            }
        } finally {
            policy.remove(ADDRESS);
        }
    }

    private void sing(StandardProtocolFamily family, InetSocketAddress listener) throws InterceptionException {
        try (SocketChannel channel = SocketChannel.open(family)) {
            channel.socket().connect(ADDRESS, (int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NS));
            InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            check(await(local, listener), family);
        } catch (InterceptionException e) {
            throw e;
        } catch (IOException e) {
            throw new InterceptionException("a test connect (" + family + ") was not redirected to " + listener + ": "
                    + e.getMessage() + ". cgroupRoot must hold the agent itself; another program may detach or override ours", e);
        }
    }

    /** The handshake may end on another CPU a moment after connect returned. */
    private ConnectionRecord await(InetSocketAddress local, InetSocketAddress listener) throws InterceptionException {
        Scratch scratch = new Scratch();
        long deadline = System.nanoTime() + PATIENCE_NS;
        while (System.nanoTime() < deadline) {
            Optional<ConnectionRecord> record = table.find(local, listener, scratch);
            if (record.isPresent()) {
                return record.get();
            }
            Thread.onSpinWait();
        }
        throw new InterceptionException("a test connect from " + local + " reached " + listener + " without a record");
    }

    private void check(ConnectionRecord record, StandardProtocolFamily family) throws InterceptionException {
        if (record.tgid() != tgid || record.startTicks() != startTicks) {
            throw new InterceptionException("a test connect (" + family + ") was recorded as process " + record.tgid()
                    + " started at " + record.startTicks() + ", but the agent is process " + tgid + " started at " + startTicks
                    + ". Run the agent in the initial pid and time namespaces");
        }
        if (!record.originalDestination().equals(ADDRESS)) {
            throw new InterceptionException("a test connect to " + ADDRESS + " was recorded as one to " + record.originalDestination());
        }
    }
}
