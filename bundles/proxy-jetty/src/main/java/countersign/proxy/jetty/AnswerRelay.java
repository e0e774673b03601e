package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** Passes the host's answer on to the client, part by part, each when the one before has been taken. */
final class AnswerRelay implements ServiceListener {
    private static final ByteBuffer[] NOTHING = {};
    private static final byte[] END_OF_CHUNK = {'\r', '\n'};
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};

    private final ClientConnection connection;
    private final Exchange exchange;
    private final HttpDate date;
    private final End end;
    private boolean headRelayed;
    private boolean chunked;

    /** How a relay ends: by exactly one of these. */
    interface End {
        /** The last byte has been written. */
        void complete();

        /** The host gives no answer, and nothing has been written. */
        void unanswered(Refusal refusal, String details);

        /** The answer broke off, on either leg. */
        void broken(Refusal refusal, String details);
    }

    AnswerRelay(ClientConnection connection, Exchange exchange, HttpDate date, End end) {
        this.connection = connection;
        this.exchange = exchange;
        this.date = date;
        this.end = end;
    }

    @Override
    public void onOpen(ServiceExchange service) {
        throw new IllegalStateException("streamed requests have a pump");
    }

    @Override
    public void onAnswer(ServiceAnswer head, List<ByteBuffer> content, boolean last, Callback callback) {
        List<ByteBuffer> parts = new ArrayList<>(content.size() + 4);
        if (head != null) {
            parts.add(begin(head));
        }
        frame(content, last, parts);
        connection.write(
                Callback.from(
                        InvocationType.NON_BLOCKING,
                        () -> {
                            connection.written();
                            callback.succeeded();
                            if (last) {
                                end.complete();
                            }
                        },
                        failure -> {
                            connection.written();
                            callback.failed(failure);
                            end.broken(Refusal.CLIENT_GONE, failure.toString());
                        }),
                parts.toArray(NOTHING));
    }

    @Override
    public void onFailure(Refusal refusal, String details) {
        if (headRelayed) {
            end.broken(Refusal.SERVICE_BROKE_OFF, details);
        } else {
            end.unanswered(refusal, details);
        }
    }

    private ByteBuffer begin(ServiceAnswer head) {
        headRelayed = true;
        exchange.status = head.status();
        if (exchange.trace != null) {
            exchange.trace.stage("the host answered " + head.status());
        }
        boolean openEnded = head.hasContent() && !head.hasLength();
        chunked = openEnded && !exchange.http10;
        exchange.close |= head.closes() || openEnded && exchange.http10;
        return head.encode(chunked, exchange.close, exchange.http10, date.now());
    }

    private void frame(List<ByteBuffer> content, boolean last, List<ByteBuffer> parts) {
        if (!chunked) {
            parts.addAll(content);
            return;
        }
        int size = 0;
        for (ByteBuffer piece : content) {
            size += piece.remaining();
        }
        if (size > 0) {
            parts.add(ServiceRequest.chunkSize(size));
            parts.addAll(content);
            parts.add(ByteBuffer.wrap(END_OF_CHUNK));
        }
        if (last) {
            parts.add(ByteBuffer.wrap(LAST_CHUNK));
        }
    }
}
