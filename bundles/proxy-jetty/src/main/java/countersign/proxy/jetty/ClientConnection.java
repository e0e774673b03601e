package countersign.proxy.jetty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a client: moves bytes for its {@link Dialogue}, keeps time, and ends the connection so that the last answer arrives.
 *
 * <p>One thread at a time is in charge: the one that reads or, while an answer is under way, the one that writes. Only to learn of early bytes
 * while the host is awaited two threads meet, at {@link #turn}. The selector's thread, which does most of the work, never waits; what may wait
 * or takes long is handed to the executor.
 */
final class ClientConnection extends AbstractConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);
    private static final int BUFFER = 8 << 10;
    private static final int ROUNDS = 64;
    private static final int MAX_DISCARDED = 1 << 20;
    private static final int NOWHERE = -1;

    /** Whose turn it is when bytes arrive. */
    private enum Turn {
        READER,
        /** An answer is under way. */
        WRITER,
        /** As before, and bytes have arrived: the writer becomes the reader when it is done. */
        WRITER_THEN_READER
    }

    private final Proxy proxy;
    private final Executor executor;
    private final Scheduler scheduler;
    private final ByteBufferPool buffers;
    private final Callback readable = Callback.from(InvocationType.NON_BLOCKING, this::onFillable, this::onFillInterestedFailed);
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.READER);
    private final Dialogue dialogue;
    private volatile long holder = Shares.NOBODY;
    private volatile int seat = NOWHERE;
    private RetainableByteBuffer buffer;
    private Scheduler.Task cut;
    private boolean armed;
    private boolean lingering;
    private boolean moreExpected;
    private int discarded;
    private volatile boolean awaitingBytes;
    private volatile boolean writing;

    ClientConnection(EndPoint endPoint, Executor executor, Scheduler scheduler, ByteBufferPool buffers, Proxy proxy) {
        super(endPoint, executor);
        this.proxy = proxy;
        this.executor = executor;
        this.scheduler = scheduler;
        this.buffers = buffers;
        dialogue = new Dialogue(this, proxy);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        proxy.counters.add(Counters.Event.CONNECTIONS_ACCEPTED);
        pauseAtMost(proxy.limits.idleTime());
        EndPoint socket = getEndPoint();
        Peer peer = proxy.attribute((InetSocketAddress) socket.getRemoteSocketAddress(), (InetSocketAddress) socket.getLocalSocketAddress());
        long uid = peer.uid();
        Refusal refusal = uid == Shares.NOBODY ? null : refusal(proxy.places.take(uid, 1));
        if (uid == Shares.NOBODY || refusal != null) {
            seat = proxy.strangers.seat(this);
        } else {
            holder = uid;
        }
        if (refusal == null) {
            dialogue.begin(peer);
            resume(Next.MORE_BYTES);
        } else {
            proxy.crowded(refusal, uid);
            ByteBuffer answer = Answer.refuse(refusal).encode(false, true, false, proxy.date.now());
            resume(write(answer, () -> linger(true)));
        }
    }

    private static Refusal refusal(Shares.Outcome outcome) {
        return switch (outcome) {
            case TAKEN -> null;
            case NONE_LEFT -> Refusal.CONNECTIONS;
            case SHARE_EXCEEDED -> Refusal.USER_CONNECTIONS;
        };
    }

    /** For any thread: others need the seat. */
    void makeWay() {
        proxy.counters.add(Refusal.DISPLACED);
        getEndPoint().close();
    }

    @Override
    public void onClose(Throwable cause) {
        super.onClose(cause);
        if (holder != Shares.NOBODY) {
            proxy.places.giveBack(holder, 1);
        } else if (seat != NOWHERE) {
            proxy.strangers.leave(seat, this);
        }
        // Last: whoever reads that it is closed may count on its place.
        proxy.counters.add(Counters.Event.CONNECTIONS_CLOSED);
    }

    @Override
    public void onFillable() {
        awaitingBytes = false;
        if (isLeftToWriter()) {
            return;
        }
        if (dialogue.isStreaming()) {
            executor.execute(() -> resume(Next.MORE_BYTES));
        } else {
            resume(Next.MORE_BYTES);
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        awaitingBytes = false;
        if (isLeftToWriter()) {
            // It meets the same trouble when it writes, or when it becomes the reader.
            return;
        }
        if (cause instanceof TimeoutException && !lingering) {
            resume(dialogue.paused());
        } else {
            finish();
        }
    }

    /** While a writer is in charge it is told to read when it is done; the one who asks has nothing to do then. */
    private boolean isLeftToWriter() {
        for (Turn now = turn.get(); now != Turn.READER; now = turn.get()) {
            if (turn.compareAndSet(now, Turn.WRITER_THEN_READER)) {
                return true;
            }
        }
        return false;
    }

    /** Time runs while the client is awaited, to send or to take; not while the host is. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return writing || awaitingBytes && turn.get() == Turn.READER;
    }

    /** As {@link #resume(Next)}, after a first step. */
    private void resume(Supplier<Next> step) {
        Next next;
        try {
            next = step.get();
        } catch (RuntimeException e) {
            giveUp(e);
            return;
        }
        resume(next);
    }

    /** Goes on until there is nothing to do or somebody else is in charge. */
    void resume(Next next) {
        try {
            for (int round = 0; next != Next.STOP; round++) {
                if (round == ROUNDS) {
                    // A client with very much to say must not keep the selector's thread from others.
                    Next rest = next;
                    executor.execute(() -> resume(rest));
                    return;
                }
                next = next == Next.MORE_BYTES ? fill() : act();
            }
        } catch (IOException e) {
            dialogue.clientGone(e.toString());
        } catch (RuntimeException e) {
            giveUp(e);
        }
    }

    /** Nobody above would end what the client waits for. */
    private void giveUp(RuntimeException cause) {
        LOG.error("connection of a client given up after an internal error", cause);
        dialogue.giveUp(cause);
    }

    private Next act() {
        ByteBuffer bytes = buffer == null ? BufferUtil.EMPTY_BUFFER : buffer.getByteBuffer();
        if (!lingering) {
            return dialogue.step(bytes);
        }
        discarded += bytes.remaining();
        BufferUtil.clear(bytes);
        if (discarded > MAX_DISCARDED) {
            finish();
            return Next.STOP;
        }
        return Next.MORE_BYTES;
    }

    private Next fill() throws IOException {
        if (buffer == null) {
            buffer = buffers.acquire(BUFFER, true);
        }
        ByteBuffer bytes = buffer.getByteBuffer();
        BufferUtil.clear(bytes);
        int filled = getEndPoint().fill(bytes);
        if (filled > 0) {
            return Next.AGAIN;
        }
        releaseBuffer();
        if (filled < 0) {
            if (lingering) {
                finish();
            } else {
                dialogue.endOfInput();
            }
            return Next.STOP;
        }
        if (lingering) {
            if (!moreExpected) {
                finish();
                return Next.STOP;
            }
            cutLater();
        } else {
            dialogue.awaiting();
        }
        turn.set(Turn.READER);
        await();
        return Next.STOP;
    }

    private void await() {
        awaitingBytes = true;
        getEndPoint().fillInterested(readable);
    }

    /** Whether bytes have been read that nobody has looked at. */
    boolean hasBytes() {
        return buffer != null && buffer.hasRemaining();
    }

    /**
     * Lets the writer be in charge. Bytes of the next request are asked for now, where that costs no wake-up of the selector; unless there are
     * some already.
     */
    void yieldToWriter() {
        if (!hasBytes()) {
            releaseBuffer();
            armed = true;
            turn.set(Turn.WRITER);
            await();
        }
    }

    /** After the last byte of an answer: what the thread that wrote it does next. */
    Next answered(boolean close, boolean bodyOutstanding) {
        boolean wasArmed = armed;
        armed = false;
        if (wasArmed && turn.get() == Turn.WRITER) {
            if (close) {
                // No byte has come since; and should one come now, it is not the reader's turn.
                finish();
                return Next.STOP;
            }
            if (turn.compareAndSet(Turn.WRITER, Turn.READER)) {
                return Next.STOP;
            }
        }
        turn.set(Turn.READER);
        if (close) {
            return linger(bodyOutstanding);
        }
        return hasBytes() ? Next.AGAIN : Next.MORE_BYTES;
    }

    /** Writes, then goes on with {@code then}, in this thread or in the one that completes the write. */
    Next write(ByteBuffer bytes, Supplier<Next> then) {
        writing = true;
        Continuation written = new Continuation() {
            @Override
            void resume() {
                writing = false;
                ClientConnection.this.resume(then);
            }

            @Override
            void broken(Throwable cause) {
                writing = false;
                dialogue.clientGone(cause.toString());
            }
        };
        getEndPoint().write(written, bytes);
        if (!written.isOver()) {
            return Next.STOP;
        }
        writing = false;
        return then.get();
    }

    /** Writes parts of an answer; the callback must call {@link #written}. */
    void write(Callback callback, ByteBuffer... parts) {
        writing = true;
        getEndPoint().write(callback, parts);
    }

    void written() {
        writing = false;
    }

    /** Goes on where waiting is allowed. */
    Next handOver(Supplier<Next> step) {
        executor.execute(() -> resume(step));
        return Next.STOP;
    }

    Scheduler.Task after(Duration delay, Runnable task) {
        return scheduler.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    void pauseAtMost(Duration pause) {
        if (getEndPoint().getIdleTimeout() != pause.toMillis()) {
            getEndPoint().setIdleTimeout(pause.toMillis());
        }
    }

    /** Ends the connection, but not before the client could read its answer: on unread bytes the kernel would take the answer back. */
    Next linger(boolean moreExpected) {
        lingering = true;
        this.moreExpected = moreExpected;
        if (buffer != null) {
            BufferUtil.clear(buffer.getByteBuffer());
        }
        return Next.MORE_BYTES;
    }

    private void cutLater() {
        if (cut == null) {
            getEndPoint().shutdownOutput();
            cut = after(proxy.limits.lingerTime(), () -> getEndPoint().close());
        }
    }

    /** For the thread in charge. */
    void finish() {
        dialogue.end();
        releaseBuffer();
        if (cut != null) {
            cut.cancel();
        }
        getEndPoint().close();
    }

    private void releaseBuffer() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
