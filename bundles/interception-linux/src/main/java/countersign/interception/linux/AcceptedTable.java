package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The kernel's records of connections that the agent's listener accepted. Safe from any platform thread. */
final class AcceptedTable {
    private final BpfMap map;
    private final long netns;

    AcceptedTable(BpfMap map, long netns) {
        this.map = map;
        this.netns = netns;
    }

    /**
     * The record of the connection from {@code client} to {@code listener}.
     *
     * <p>An entry may be given to another connection while the kernel copies it out, when its own is aborted in that moment. What
     * two reads in a row agree on was not: the second one found the key still there.
     */
    Optional<ConnectionRecord> find(InetSocketAddress client, InetSocketAddress listener, Scratch scratch)
            throws InterceptionException {
        writeKey(scratch.key, client, listener);
        if (!map.lookup(scratch.key, scratch.record)
                || !map.lookup(scratch.key, scratch.confirmation)
                || !scratch.record.bytes.equals(scratch.confirmation.bytes)) {
            return Optional.empty();
        }
        return Optional.of(ConnectionRecord.read(scratch.record.bytes));
    }

    private void writeKey(OffHeap key, InetSocketAddress client, InetSocketAddress listener) {
        key.bytes.putLong(Layout.FlowKey.NETNS, netns);
        Addresses.put(key.bytes, Layout.FlowKey.SRC, client.getAddress());
        Addresses.put(key.bytes, Layout.FlowKey.DST, listener.getAddress());
        Addresses.putPort(key.bytes, Layout.FlowKey.SPORT_BE, client.getPort());
        Addresses.putPort(key.bytes, Layout.FlowKey.DPORT_BE, listener.getPort());
    }
}
