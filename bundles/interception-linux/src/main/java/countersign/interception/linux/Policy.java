package countersign.interception.linux;

import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/** The kernel's list of redirected endpoints. Not thread safe. */
final class Policy {
    private static final byte TCP = 6;

    private final BpfMap map;

    Policy(BpfMap map) {
        this.map = map;
    }

    /** Makes the list exactly {@code endpoints}; what is new comes first, so that nothing wanted is ever missing. */
    void set(Set<Endpoint> endpoints) throws InterceptionException {
        for (Endpoint endpoint : endpoints) {
            put(endpoint.address(), rule(endpoint), 0);
        }
        Set<InetSocketAddress> wanted = new HashSet<>();
        endpoints.forEach(endpoint -> wanted.add(endpoint.address()));
        map.deleteIf(Layout.PolicyKey.SIZE, key -> !wanted.contains(address(key)));
    }

    /** Adds an entry that the agent itself is not exempt from. */
    void addCanary(InetSocketAddress address) throws InterceptionException {
        put(address, 0, Layout.PolicyValue.CANARY);
    }

    void remove(InetSocketAddress address) throws InterceptionException {
        map.delete(key(address));
    }

    /** Every address in the list, the canary's among them. */
    Set<InetSocketAddress> addresses() throws InterceptionException {
        Set<InetSocketAddress> addresses = new HashSet<>();
        map.forEachKey(Layout.PolicyKey.SIZE, key -> addresses.add(address(key)));
        return addresses;
    }

    private void put(InetSocketAddress address, int rule, int flags) throws InterceptionException {
        OffHeap value = new OffHeap(Layout.PolicyValue.SIZE);
        value.bytes.putInt(Layout.PolicyValue.RULE, rule).putInt(Layout.PolicyValue.FLAGS, flags);
        map.update(key(address), value);
    }

    /** Place in {@link Endpoint#ALL} from 1; 0 when it is none of them. For the reader of a dump. */
    private static int rule(Endpoint endpoint) {
        return Endpoint.ALL.indexOf(endpoint) + 1;
    }

    private static OffHeap key(InetSocketAddress address) {
        OffHeap key = new OffHeap(Layout.PolicyKey.SIZE);
        Addresses.put(key.bytes, Layout.PolicyKey.ADDR, address.getAddress());
        Addresses.putPort(key.bytes, Layout.PolicyKey.PORT_BE, address.getPort());
        key.bytes.put(Layout.PolicyKey.PROTO, TCP);
        return key;
    }

    private static InetSocketAddress address(OffHeap key) {
        return Addresses.getSocketAddress(key.bytes, Layout.PolicyKey.ADDR, Layout.PolicyKey.PORT_BE);
    }
}
