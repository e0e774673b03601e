package countersign.proxy.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the agent to the host. Writes requests byte for byte as they were endorsed, which Jetty's own HTTP client cannot: it drops
 * or adds Content-Length by method and takes Expect away (docs/adr/0006).
 *
 * <p>Reading is done by one thread at a time: by the one that found the socket readable, or, while a part of the answer is under way to the
 * client, by the one that completes it. No lock is needed, and nothing here waits.
 */
final class ServiceConnection extends AbstractConnection implements HttpParser.ResponseHandler, ServiceExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceConnection.class);
    private static final int MAX_HEAD = 64 << 10;
    private static final int BUFFER = 8 << 10;
    private static final String CLOSED_BY_HOST = "closed by the host";
    private static final Object IDLE = new Object();
    private static final Object CLOSED = new Object();

    private final ServicePool pool;
    private final ByteBufferPool buffers;
    private final HttpParser parser = new HttpParser(this, MAX_HEAD, HttpCompliance.RFC9110);
    private final Callback readable = Callback.from(InvocationType.NON_BLOCKING, this::onFillable, this::onFillInterestedFailed);

    /** {@link #IDLE}, {@link #CLOSED} or the {@link Job} under way: whoever ends a job owes its listener the news. */
    private final AtomicReference<Object> state = new AtomicReference<>(IDLE);

    private final List<HttpField> fields = new ArrayList<>(16);
    private List<ByteBuffer> content = new ArrayList<>(2);
    private RetainableByteBuffer buffer;
    private volatile boolean awaitingBytes;
    private volatile long idleSince;
    private HttpVersion version;
    private int status;
    private String reason;
    private boolean persistent;
    private boolean hasLength;
    private boolean headComplete;
    private boolean headDelivered;
    private boolean complete;
    private String failure;

    /** One request and the one who waits for its answer. */
    private static final class Job {
        final ServiceRequest request;
        final ServiceListener listener;
        final boolean kept;
        boolean bytesSeen;

        /** The last byte of the request is with the socket. */
        volatile boolean handedOver;

        /** Not all of the request can be sent. */
        volatile boolean unsent;

        /** The end of the answer has been read; nothing is read until the next request. */
        volatile boolean answered;

        /** The connection can be used again when the request has been sent and the answer received, which may end in either order. */
        private final AtomicInteger under = new AtomicInteger(2);

        Job(ServiceRequest request, ServiceListener listener, boolean kept) {
            this.request = request;
            this.listener = listener;
            this.kept = kept;
        }

        boolean isOver() {
            return under.decrementAndGet() == 0;
        }
    }

    ServiceConnection(EndPoint endPoint, ClientConnector connector, ServicePool pool) {
        super(endPoint, connector.getExecutor());
        this.pool = pool;
        this.buffers = connector.getByteBufferPool();
        parser.setHeaderCacheCaseSensitive(true);
        parser.setHeaderCacheSize(0);
    }

    long idleSince() {
        return idleSince;
    }

    /** Sends on this connection, which has just been opened. */
    void sendFirst(ServiceRequest request, ServiceListener listener) {
        Job job = new Job(request, listener, false);
        state.set(job);
        await();
        send(job);
    }

    /** Sends on this connection unless it has been closed while it was kept. */
    boolean trySend(ServiceRequest request, ServiceListener listener) {
        Job job = new Job(request, listener, true);
        if (!state.compareAndSet(IDLE, job)) {
            return false;
        }
        send(job);
        return true;
    }

    /** Closes this connection if it is unused. */
    void closeIdle() {
        if (state.compareAndSet(IDLE, CLOSED)) {
            getEndPoint().close();
        }
    }

    private void send(Job job) {
        job.handedOver = !job.request.isStreamed();
        getEndPoint().write(Callback.from(InvocationType.NON_BLOCKING, () -> opened(job), failure -> unsent(job)), job.request.opening());
    }

    private void opened(Job job) {
        if (job.request.isStreamed()) {
            job.listener.onOpen(this);
        } else {
            sent(job);
        }
    }

    private void sent(Job job) {
        if (job.isOver()) {
            keep(job);
        }
    }

    /** The reading side meets the same trouble, and there an answer that came before it can still be read: unless it has been. */
    private void unsent(Job job) {
        job.unsent = true;
        if (job.answered) {
            abort();
        }
    }

    @Override
    public void send(ByteBuffer piece, boolean last, Callback callback) {
        if (!(state.get() instanceof Job job)) {
            callback.failed(new EofException("closed"));
            return;
        }
        job.handedOver = last;
        getEndPoint().write(
                Callback.from(
                        InvocationType.NON_BLOCKING,
                        () -> {
                            if (last) {
                                sent(job);
                            }
                            callback.succeeded();
                        },
                        failure -> {
                            unsent(job);
                            callback.failed(failure);
                        }),
                job.request.piece(piece, last));
    }

    @Override
    public void abort() {
        state.set(CLOSED);
        getEndPoint().close();
    }

    @Override
    public void onFillable() {
        awaitingBytes = false;
        if (state.compareAndSet(IDLE, CLOSED)) {
            // Whatever comes without a request, an end or bytes, makes the connection useless.
            pool.forget(this);
            getEndPoint().close();
            return;
        }
        run();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        awaitingBytes = false;
        if (state.compareAndSet(IDLE, CLOSED)) {
            pool.forget(this);
            getEndPoint().close();
        } else {
            fail(cause instanceof TimeoutException ? Refusal.SERVICE_SILENT : Refusal.SERVICE_FAILED, String.valueOf(cause));
        }
    }

    /** Silence is the host's fault only while it is to send or, after its answer, to take; not while the client takes its time. */
    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return awaitingBytes || state.get() instanceof Job job && job.answered;
    }

    private void await() {
        awaitingBytes = true;
        getEndPoint().fillInterested(readable);
    }

    private void run() {
        try {
            while (state.get() instanceof Job job) {
                parser.setHeadResponse(job.request.isHead());
                parse();
                if (failure != null) {
                    fail(Refusal.SERVICE_FAILED, failure);
                } else if (headComplete && status == 101) {
                    fail(Refusal.SERVICE_SWITCHES, "status 101");
                } else if (complete) {
                    finish(job);
                    return;
                } else if (headComplete && (!headDelivered || !content.isEmpty()) ? !deliver(job) : !fill(job)) {
                    return;
                }
            }
            releaseBuffer();
        } catch (IOException e) {
            fail(Refusal.SERVICE_FAILED, e.toString());
        } catch (RuntimeException e) {
            // Nobody above would tell the client that waits.
            LOG.error("connection to the host given up after an internal error", e);
            fail(Refusal.INTERNAL, e.getClass().getName());
        }
    }

    /** Parses what is buffered, up to the end of the answer. */
    private void parse() {
        ByteBuffer bytes = buffer == null ? BufferUtil.EMPTY_BUFFER : buffer.getByteBuffer();
        do {
            parser.parseNext(bytes);
            if (complete && status < 200 && status != 101) {
                // An interim answer concerns this leg only.
                nextAnswer();
            }
        } while (bytes.hasRemaining() && !complete && failure == null);
        if (headComplete && !complete && failure == null) {
            // Content of known length ends with its last byte, of which the parser tells only when asked again.
            parser.parseNext(BufferUtil.EMPTY_BUFFER);
        }
    }

    /** Reads more; false when that is continued later or for ever. */
    private boolean fill(Job job) throws IOException {
        if (buffer == null) {
            buffer = buffers.acquire(BUFFER, true);
        }
        ByteBuffer bytes = buffer.getByteBuffer();
        BufferUtil.clear(bytes);
        int filled = getEndPoint().fill(bytes);
        if (filled > 0) {
            job.bytesSeen = true;
            return true;
        }
        releaseBuffer();
        if (filled == 0) {
            await();
            return false;
        }
        if (headComplete) {
            parser.atEOF();
            parser.parseNext(BufferUtil.EMPTY_BUFFER);
        }
        if (!complete && failure == null) {
            failure = CLOSED_BY_HOST;
        }
        return true;
    }

    /** Hands on what is there; true when it has been taken already. */
    private boolean deliver(Job job) {
        List<ByteBuffer> part = takeContent();
        Continuation taken = new Continuation() {
            @Override
            void resume() {
                run();
            }

            @Override
            void broken(Throwable cause) {
                abort();
                releaseBuffer();
            }
        };
        job.listener.onAnswer(takeHead(job), part, false, taken);
        return taken.isOver();
    }

    /**
     * Hands on the rest. The connection goes back to the pool before that, its buffer when the rest has been taken. An answer that came before
     * the end of a streamed body ends the connection: the rest of the body may never come.
     */
    private void finish(Job job) {
        List<ByteBuffer> part = takeContent();
        ServiceAnswer head = takeHead(job);
        RetainableByteBuffer used = buffer;
        buffer = null;
        boolean leftOver = used != null && used.hasRemaining();
        job.answered = true;
        if (persistent && !leftOver && job.handedOver && !job.unsent) {
            nextAnswer();
            if (job.isOver()) {
                keep(job);
            }
        } else {
            state.set(CLOSED);
            getEndPoint().close();
        }
        job.listener.onAnswer(head, part, true, Callback.from(InvocationType.NON_BLOCKING, () -> release(used), failure -> release(used)));
    }

    private void keep(Job job) {
        idleSince = System.nanoTime();
        if (state.compareAndSet(job, IDLE)) {
            await();
            pool.keep(this);
        }
    }

    private List<ByteBuffer> takeContent() {
        List<ByteBuffer> part = content;
        content = new ArrayList<>(2);
        return part;
    }

    private ServiceAnswer takeHead(Job job) {
        if (headDelivered) {
            return null;
        }
        headDelivered = true;
        boolean hasContent = status != 204 && status != 304 && !job.request.isHead();
        return new ServiceAnswer(status, reason, fields, hasLength, hasContent);
    }

    private void nextAnswer() {
        parser.reset();
        fields.clear();
        status = 0;
        reason = null;
        persistent = hasLength = headComplete = headDelivered = complete = false;
    }

    private void fail(Refusal refusal, String details) {
        Object ended = state.getAndSet(CLOSED);
        releaseBuffer();
        getEndPoint().close();
        if (!(ended instanceof Job job)) {
            return;
        }
        if (job.kept && !job.bytesSeen && job.request.isRepeatable() && refusal == Refusal.SERVICE_FAILED) {
            pool.sendAgain(job.request, job.listener);
        } else {
            job.listener.onFailure(refusal, details);
        }
    }

    private void releaseBuffer() {
        release(buffer);
        buffer = null;
    }

    private static void release(RetainableByteBuffer used) {
        if (used != null) {
            used.release();
        }
    }

    @Override
    public void startResponse(HttpVersion version, int status, String reason) {
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "version");
        }
        this.version = version;
        this.status = status;
        this.reason = reason;
        persistent = version == HttpVersion.HTTP_1_1;
    }

    @Override
    public void parsedHeader(HttpField field) {
        fields.add(field);
        hasLength |= field.getHeader() == HttpHeader.CONTENT_LENGTH;
        if (field.getHeader() == HttpHeader.CONNECTION && field.contains("close")) {
            persistent = false;
        }
    }

    @Override
    public boolean headerComplete() {
        headComplete = status >= 200 || status == 101;
        return status == 101;
    }

    @Override
    public boolean content(ByteBuffer piece) {
        content.add(piece);
        return false;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public boolean messageComplete() {
        complete = true;
        persistent &= !parser.isAtEOF() && version == HttpVersion.HTTP_1_1;
        return true;
    }

    @Override
    public void badMessage(HttpException cause) {
        failure = "malformed answer: " + cause.getReason();
    }

    @Override
    public void earlyEOF() {
        failure = CLOSED_BY_HOST;
    }
}
