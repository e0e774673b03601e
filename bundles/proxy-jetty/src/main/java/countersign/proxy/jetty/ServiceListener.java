package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.util.Callback;

/** Takes the host's answer to one request. Calls come one after the other; after {@code last} or {@link #onFailure} none follows. */
interface ServiceListener {
    /** Only for a streamed request: the head is being sent and the body may follow. */
    void onOpen(ServiceExchange exchange);

    /**
     * The next part of the answer.
     *
     * @param head status line and fields with the first part, null with the others
     * @param content may be empty; valid until {@code callback} is completed
     * @param callback the next part comes when it succeeds; when it fails the connection to the host is closed and nothing comes
     */
    void onAnswer(ServiceAnswer head, List<ByteBuffer> content, boolean last, Callback callback);

    /** There will be no answer, or no more of it. */
    void onFailure(Refusal refusal, String details);
}
