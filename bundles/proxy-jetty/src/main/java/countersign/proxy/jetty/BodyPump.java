package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/**
 * Streams a large body to the host while the host may answer at any time. Two threads take part: one reads from the client, one relays the
 * answer. Who answers the client is settled once ({@link #takeAnswer}), and the last of the two to be done ends the exchange.
 */
final class BodyPump implements ServiceListener, AnswerRelay.End {
    private final ClientConnection connection;
    private final Dialogue dialogue;
    private final Exchange exchange;
    private final RequestReader reader;
    private final AnswerRelay relay;
    private final AtomicBoolean answerTaken = new AtomicBoolean();
    /** Whether the reading side has begun, or never will. */
    private final AtomicBoolean readerSettled = new AtomicBoolean();
    private final AtomicInteger atWork = new AtomicInteger(2);
    private volatile ServiceExchange service;
    private volatile boolean answeredByReader;
    private volatile boolean bodySent;
    private volatile boolean answerOver;
    private volatile Refusal trouble;
    private volatile String details = "";

    BodyPump(ClientConnection connection, Dialogue dialogue, Exchange exchange, RequestReader reader, HttpDate date) {
        this.connection = connection;
        this.dialogue = dialogue;
        this.exchange = exchange;
        this.reader = reader;
        relay = new AnswerRelay(connection, exchange, date, this);
    }

    /** Claims the right to answer the client without the host; the host is not listened to any more. False when it is answering already. */
    boolean takeAnswer() {
        if (!answerTaken.compareAndSet(false, true)) {
            return false;
        }
        answeredByReader = true;
        ServiceExchange open = service;
        if (open != null) {
            open.abort();
        }
        return true;
    }

    boolean isAnsweredByReader() {
        return answeredByReader;
    }

    // The reading side.

    /** Sends on what the reader has found in the buffer. */
    Next step(ByteBuffer bytes) {
        if (answerOver) {
            return stopReading();
        }
        if (reader.failure() != null) {
            return dialogue.refuse(reader.failure(), "");
        }
        ByteBuffer piece = reader.takePiece();
        boolean last = piece == null && reader.complete();
        if (piece == null && !last) {
            return bytes.hasRemaining() ? Next.AGAIN : Next.MORE_BYTES;
        }
        Continuation sent = new Continuation() {
            @Override
            void resume() {
                connection.handOver(() -> afterPiece(last));
            }

            @Override
            void broken(Throwable cause) {
                // The relaying side hears of it too, and of an answer that came before.
                connection.handOver(BodyPump.this::stopReading);
            }
        };
        bodySent |= last;
        service.send(last ? BufferUtil.EMPTY_BUFFER : piece, last, sent);
        return sent.isOver() ? afterPiece(last) : Next.STOP;
    }

    private Next afterPiece(boolean last) {
        return last ? stopReading() : Next.AGAIN;
    }

    /** The reading side is done, with its work or without. */
    Next stopReading() {
        return leave();
    }

    // The relaying side.

    @Override
    public void onOpen(ServiceExchange exchange) {
        service = exchange;
        if (readerSettled.compareAndSet(false, true)) {
            dialogue.startStreaming();
        }
    }

    @Override
    public void onAnswer(ServiceAnswer head, List<ByteBuffer> content, boolean last, Callback callback) {
        if (head != null) {
            if (!answerTaken.compareAndSet(false, true)) {
                callback.failed(new IllegalStateException("answered without the host"));
                return;
            }
            exchange.close |= !bodySent;
        }
        relay.onAnswer(head, content, last, callback);
    }

    @Override
    public void onFailure(Refusal refusal, String details) {
        relay.onFailure(refusal, details);
    }

    @Override
    public void complete() {
        connection.resume(stopRelaying());
    }

    @Override
    public void broken(Refusal refusal, String details) {
        this.details = details;
        trouble = refusal;
        complete();
    }

    @Override
    public void unanswered(Refusal refusal, String details) {
        if (answerTaken.compareAndSet(false, true)) {
            exchange.details = details;
            connection.write(
                    Callback.from(
                            InvocationType.NON_BLOCKING,
                            () -> {
                                connection.written();
                                complete();
                            },
                            failure -> {
                                connection.written();
                                broken(Refusal.CLIENT_GONE, failure.toString());
                            }),
                    dialogue.settle(Answer.refuse(refusal)));
        }
    }

    /** The relaying side is done; and so is the other, if it has not begun. */
    private Next stopRelaying() {
        answerOver = true;
        if (readerSettled.compareAndSet(false, true)) {
            leave();
        }
        return leave();
    }

    /** One of the two is done; what its thread does next. */
    private Next leave() {
        if (atWork.decrementAndGet() > 0) {
            return Next.STOP;
        }
        if (trouble != null) {
            dialogue.broken(trouble, details);
            return Next.STOP;
        }
        return dialogue.answered();
    }
}
