package countersign.interception.linux;

import countersign.interception.InterceptionException;

/** The one entry of the kernel's map {@code config}. Not thread safe. */
final class ConfigTable {
    private final BpfMap map;
    private final OffHeap first = new OffHeap(Integer.BYTES);

    ConfigTable(BpfMap map) {
        this.map = map;
    }

    void write(KernelConfig config) throws InterceptionException {
        map.update(first, config.encode());
    }

    boolean holds(KernelConfig config) throws InterceptionException {
        return read().bytes.equals(config.encode().bytes);
    }

    /** The port an earlier agent guarded, or 0. */
    int proxyPort() throws InterceptionException {
        return Addresses.getPort(read().bytes, Layout.Config.PROXY_PORT_BE);
    }

    /** The process that calls itself the agent and still runs, or 0. */
    int livingAgent() throws InterceptionException {
        OffHeap value = read();
        int tgid = value.bytes.getInt(Layout.Config.AGENT_TGID);
        long start = value.bytes.getLong(Layout.Config.AGENT_START_TICKS);
        return tgid != 0 && ProcessStat.startTicksOf(tgid) == start ? tgid : 0;
    }

    private OffHeap read() throws InterceptionException {
        OffHeap value = new OffHeap(Layout.Config.SIZE);
        if (!map.lookup(first, value)) {
            throw new InterceptionException("kernel map config has no entry");
        }
        return value;
    }
}
