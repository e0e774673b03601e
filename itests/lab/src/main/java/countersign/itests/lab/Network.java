package countersign.itests.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest and a host, joined by one virtual cable. The guarded addresses exist in the host only; the guest has routes to them and
 * no other way out.
 */
public record Network(Namespace guest, Namespace host) {
    public static final String IMDS = "169.254.169.254";
    public static final String WIRESERVER = "168.63.129.16";
    private static final String GUEST_END = "10.77.0.1";
    private static final String HOST_END = "10.77.0.2";

    static Network create(String prefix, Cleanup cleanup) throws IOException {
        Namespace guest = Namespace.create(prefix + "-guest", cleanup);
        Namespace host = Namespace.create(prefix + "-host", cleanup);
        Shell.run("ip", "link", "add", "eth0", "netns", guest.name(), "type", "veth", "peer", "name", "eth0", "netns", host.name());
        guest.ip("addr", "add", GUEST_END + "/30", "dev", "eth0");
        host.ip("addr", "add", HOST_END + "/30", "dev", "eth0");
        guest.ip("link", "set", "eth0", "up");
        host.ip("link", "set", "eth0", "up");
        for (String address : List.of(IMDS, WIRESERVER)) {
            host.ip("addr", "add", address + "/32", "dev", "lo");
            guest.ip("route", "add", address + "/32", "via", HOST_END);
        }
        reusePorts(guest);
        return new Network(guest, host);
    }

    /** As on the loopback interface anyway: else thousands of connections a second to the host leave no free port to start from. */
    private static void reusePorts(Namespace guest) throws IOException {
        List<String> command = new ArrayList<>(guest.enter());
        command.addAll(List.of("sh", "-c", "echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse; echo 10000 65000 > /proc/sys/net/ipv4/ip_local_port_range"));
        Shell.run(command.toArray(String[]::new));
    }
}
