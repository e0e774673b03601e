package countersign.interception.linux;

import countersign.endpoint.Endpoint;
import java.util.List;

/**
 * What the programs know about the agent; the value of map {@code config}.
 *
 * @param tgid the agent's process id; 0 while there is none
 * @param startTicks its start time, see {@link ProcessStat}
 * @param cgroup id of the guarded cgroup, for the reader of a dump
 * @param homeNetns cookie of the agent's network namespace
 * @param proxyPort port that only the agent may bind; 0 before the listener is known
 * @param denyUnknownNetns see {@link Settings#denyUnknownNetns}
 * @param rate see {@link Settings#rate}
 * @param rateByUid whether the limit is per user, because cgroups do not tell workloads apart here
 */
record KernelConfig(
        int tgid,
        long startTicks,
        long cgroup,
        long homeNetns,
        int proxyPort,
        boolean denyUnknownNetns,
        Settings.Rate rate,
        boolean rateByUid) {

    OffHeap encode() {
        OffHeap value = new OffHeap(Layout.Config.SIZE);
        value.bytes
                .putLong(Layout.Config.AGENT_START_TICKS, startTicks)
                .putLong(Layout.Config.AGENT_CGROUP, cgroup)
                .putLong(Layout.Config.HOME_NETNS, homeNetns)
                .putLong(Layout.Config.RATE_NS, rate.intervalNs())
                .putLong(Layout.Config.BURST_NS, rate.toleranceNs())
                .putInt(Layout.Config.AGENT_TGID, tgid)
                .putInt(Layout.Config.MODE, mode());
        List<Integer> guarded = Endpoint.ALL.stream()
                .map(endpoint -> Addresses.nativeIpv4(endpoint.address().getAddress()))
                .distinct()
                .toList();
        for (int i = 0; i < guarded.size(); i++) {
            value.bytes.putInt(Layout.Config.GUARDED_V4 + i * Integer.BYTES, guarded.get(i));
        }
        Addresses.putPort(value.bytes, Layout.Config.PROXY_PORT_BE, proxyPort);
        return value;
    }

    KernelConfig withProxyPort(int port) {
        return new KernelConfig(tgid, startTicks, cgroup, homeNetns, port, denyUnknownNetns, rate, rateByUid);
    }

    KernelConfig with(Settings settings) {
        return new KernelConfig(
                tgid, startTicks, cgroup, homeNetns, proxyPort, settings.denyUnknownNetns(), settings.rate(), rateByUid);
    }

    private int mode() {
        return Layout.Config.LISTENER_CHECK
                | Layout.Config.SET_ERRNO
                | (denyUnknownNetns ? Layout.Config.DENY_UNKNOWN_NETNS : 0)
                | (rate.limited() ? Layout.Config.RATE_LIMIT : 0)
                | (rateByUid ? Layout.Config.RATE_BY_UID : 0);
    }
}
