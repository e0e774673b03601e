package countersign.launcher;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Where the agent listens; fixed by the contract with guest software (secure-channel.md section 10). */
final class AgentAddress {
    static final InetSocketAddress QUERY = new InetSocketAddress(loopback(), 3080);

    private AgentAddress() {}

    /* From bytes: a name would start the resolver. */
    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
