package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import org.eclipse.jetty.util.Callback;

/** The sending side of a streamed request. */
interface ServiceExchange {
    /** Sends the next piece of the body; one at a time. */
    void send(ByteBuffer content, boolean last, Callback callback);

    /** Gives up: the connection to the host is closed and the listener hears nothing more. */
    void abort();
}
