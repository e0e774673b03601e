package countersign.proxy.jetty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * What is said on a client's connection: reads one request after the other, asks the {@link Gate} about each, and answers it or has it
 * answered by the host. Called by the thread in charge of the connection.
 */
final class Dialogue implements AnswerRelay.End {
    private static final int LARGE = 16 << 10;
    private static final int SMALL_HEAD = 8 << 10;
    private static final int MAX_TRAILER = 8 << 10;

    /** Chunks of one byte take six; whoever sends more around less has nothing to say. */
    private static final long MAX_FRAMED = 8L * Limits.BODY;

    private static final long MAX_FRAMED_STREAM = 2 * Limits.EXEMPT_BODY;
    private static final byte[] NO_BODY = {};
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What is read next. */
    private enum Phase {
        HEAD,
        BODY,
        STREAMED_BODY
    }

    private final ClientConnection connection;
    private final Proxy proxy;
    private final MemoryAccount memory;
    private final RequestReader reader;
    private final HttpParser parser;
    private Peer peer;
    private Exchange exchange;
    private BodyPump pump;
    private Scheduler.Task headTimer;
    private int headBytes;
    private long framedBytes;
    private int trailerBytes;
    private boolean largeHead;
    private volatile Phase phase = Phase.HEAD;

    Dialogue(ClientConnection connection, Proxy proxy) {
        this.connection = connection;
        this.proxy = proxy;
        memory = new MemoryAccount(proxy.memory);
        reader = new RequestReader(memory);
        // The bound on the head is kept here, by the bytes received, and not by the parser, which would log each excess.
        parser = new HttpParser(reader, -1, HttpCompliance.STRICT);
        parser.setHeaderCacheCaseSensitive(true);
        parser.setHeaderCacheSize(0);
    }

    void begin(Peer peer) {
        this.peer = peer;
        memory.holder(peer.uid());
    }

    boolean isStreaming() {
        return phase == Phase.STREAMED_BODY;
    }

    /** Acts on the bytes that have been read. */
    Next step(ByteBuffer bytes) {
        int before = bytes.remaining();
        boolean trailer = parser.isState(HttpParser.State.TRAILER);
        parser.parseNext(bytes);
        int taken = before - bytes.remaining();
        framedBytes += phase == Phase.HEAD ? 0 : taken;
        trailerBytes += trailer ? taken : 0;
        if (trailerBytes > MAX_TRAILER || framedBytes > (reader.isStreaming() ? MAX_FRAMED_STREAM : MAX_FRAMED)) {
            return refuse(Refusal.BODY_MALFORMED, "more framing than body");
        }
        return switch (phase) {
            case HEAD -> {
                headBytes += taken;
                yield head();
            }
            case BODY -> reader.failure() != null ? refuse(reader.failure(), "") : reader.complete() ? bodyComplete() : goOn(bytes);
            case STREAMED_BODY -> pump.step(bytes);
        };
    }

    private static Next goOn(ByteBuffer bytes) {
        return bytes.hasRemaining() ? Next.AGAIN : Next.MORE_BYTES;
    }

    /** No bytes are there; sets the clock that suits what is awaited. */
    void awaiting() {
        if (phase != Phase.HEAD) {
            connection.pauseAtMost(proxy.limits.bodyPause());
        } else if (headBytes > 0 && headTimer == null) {
            headTimer = connection.after(proxy.limits.headTime(), this::headTimeout);
        }
    }

    /** The client has been silent for too long. */
    Next paused() {
        if (phase != Phase.HEAD) {
            return refuse(Refusal.BODY_STALLED, "");
        }
        connection.finish();
        return Next.STOP;
    }

    void endOfInput() {
        if (phase == Phase.HEAD) {
            connection.finish();
        } else {
            clientGone("the client closed before the end of its body");
        }
    }

    private void headTimeout() {
        proxy.counters.add(Refusal.HEAD_STALLED);
        connection.getEndPoint().close();
    }

    private Next head() {
        if (reader.failure() != null) {
            return refuseHead(reader.failure());
        }
        if (reader.headComplete()) {
            if (stopHeadTimer()) {
                return judgeFirst();
            }
            connection.finish();
            return Next.STOP;
        }
        if (headBytes > proxy.limits.headBytes()) {
            return refuseHead(parser.isState(HttpParser.State.URI) ? Refusal.TARGET_LENGTH : Refusal.HEAD_LENGTH);
        }
        if (headBytes > SMALL_HEAD && !largeHead) {
            largeHead = memory.take(proxy.limits.headBytes());
            if (!largeHead) {
                return refuseHead(Refusal.BODY_MEMORY);
            }
        }
        return Next.MORE_BYTES;
    }

    /** What cannot be understood is answered and counted, but was no request (proxy.md section 3, row 0). */
    private Next refuseHead(Refusal refusal) {
        stopHeadTimer();
        proxy.counters.add(refusal);
        ByteBuffer answer = Answer.refuse(refusal).encode(reader.method().equals("HEAD"), true, false, proxy.date.now());
        return connection.write(answer, () -> connection.linger(true));
    }

    private Next judgeFirst() {
        exchange = new Exchange(proxy.nextRequestId(), peer, parser.getBeginNanoTime(), reader.head(), reader.http10(), reader.wantsClose());
        if (proxy.settings.get().trace()) {
            exchange.trace = Trace.of(exchange);
        }
        return headBytes > LARGE ? connection.handOver(() -> judge(true)) : judge(false);
    }

    private Next judge(boolean mayWait) {
        return proceed(proxy.gate.judge(exchange, mayWait), () -> judge(true));
    }

    private Next endorse(byte[] body, boolean mayWait) {
        return proceed(proxy.gate.endorse(exchange, body, mayWait), () -> endorse(body, true));
    }

    /** @param again the same question, asked where waiting is allowed */
    private Next proceed(Gate.Verdict verdict, Supplier<Next> again) {
        if (verdict instanceof Gate.Verdict.Refuse refuse) {
            return answer(refuse.answer());
        }
        if (verdict instanceof Gate.Verdict.Later) {
            return connection.handOver(again);
        }
        if (verdict instanceof Gate.Verdict.Send send) {
            return forward(send);
        }
        if (verdict instanceof Gate.Verdict.Stream && reader.hasBodyOutstanding()) {
            reader.stream();
            return endorse(NO_BODY, false);
        }
        phase = Phase.BODY;
        return sendContinue();
    }

    /** Tells a client that waits for it to send its body, unless it has begun. */
    private Next sendContinue() {
        if (!reader.expectsContinue() || !reader.hasBodyOutstanding() || connection.hasBytes()) {
            return Next.AGAIN;
        }
        return connection.write(ByteBuffer.wrap(CONTINUE), () -> Next.AGAIN);
    }

    private Next bodyComplete() {
        if (exchange.trace != null) {
            exchange.trace.stage("body complete, " + reader.body().length + " bytes");
        }
        connection.pauseAtMost(proxy.limits.idleTime());
        if (LocalEndpoints.serves(exchange.received)) {
            return answer(proxy.localEndpoints.answer(exchange));
        }
        byte[] body = reader.body();
        return body.length > LARGE ? connection.handOver(() -> endorse(body, true)) : endorse(body, false);
    }

    private Next forward(Gate.Verdict.Send send) {
        if (exchange.trace != null) {
            exchange.trace.stage("forwarded to " + send.endpoint().name() + ", " + exchange.endorsement.name().toLowerCase(Locale.ROOT));
        }
        ServicePool pool = proxy.pool(send.endpoint());
        if (reader.isStreaming()) {
            pump = new BodyPump(connection, this, exchange, reader, proxy.date);
            pool.send(ServiceRequest.streamed(send.head()), pump);
        } else {
            ServiceRequest request = ServiceRequest.whole(send.head(), reader.body());
            AnswerRelay relay = new AnswerRelay(connection, exchange, proxy.date, this);
            connection.yieldToWriter();
            pool.send(request, relay);
        }
        return Next.STOP;
    }

    /** Called by the pump when there is a connection to the host. */
    void startStreaming() {
        phase = Phase.STREAMED_BODY;
        connection.handOver(this::sendContinue);
    }

    /** Answers with a refusal, unless the host's answer is being relayed already. */
    Next refuse(Refusal refusal, String details) {
        if (pump != null && !pump.takeAnswer()) {
            return pump.stopReading();
        }
        exchange.details = details;
        return answer(Answer.refuse(refusal));
    }

    private Next answer(Answer answer) {
        return connection.write(settle(answer), this::answered);
    }

    /** Makes an answer of ours the one of this exchange; its bytes. */
    ByteBuffer settle(Answer answer) {
        exchange.status = answer.status();
        exchange.refusal = answer.refusal().orElse(null);
        exchange.close |= answer.refusal().isPresent();
        proxy.audit.settled(exchange, isLocal());
        if (exchange.trace != null) {
            exchange.trace.stage("answered " + exchange.status + answer.refusal().map(refusal -> ": " + refusal.label()).orElse(""));
        }
        return answer.encode(exchange.isHead(), exchange.close, exchange.http10, proxy.date.now());
    }

    private boolean isLocal() {
        return LocalEndpoints.serves(exchange.received) && exchange.decision == null;
    }

    /** The answer has been written to its end. */
    Next answered() {
        Exchange finished = exchange;
        if (!isLocal()) {
            proxy.audit.completed(finished);
        }
        if (finished.trace != null) {
            finished.trace.end("complete");
        }
        boolean outstanding = reader.hasBodyOutstanding();
        clear();
        parser.reset();
        phase = Phase.HEAD;
        return connection.answered(finished.close, outstanding);
    }

    @Override
    public void complete() {
        connection.resume(answered());
    }

    @Override
    public void unanswered(Refusal refusal, String details) {
        exchange.details = details;
        connection.resume(answer(Answer.refuse(refusal)));
    }

    @Override
    public void broken(Refusal refusal, String details) {
        exchange.refusal = refusal;
        exchange.details = details;
        proxy.audit.settled(exchange, false);
        proxy.audit.completed(exchange);
        if (exchange.trace != null) {
            exchange.trace.end("broken off: " + refusal.label());
        }
        connection.finish();
    }

    void clientGone(String details) {
        if (pump != null && !pump.isAnsweredByReader() && !pump.takeAnswer()) {
            connection.resume(pump.stopReading());
        } else if (exchange != null) {
            broken(Refusal.CLIENT_GONE, details);
        } else {
            connection.finish();
        }
    }

    /** A mistake of ours: the exchange ends here. */
    void giveUp(RuntimeException cause) {
        if (exchange != null) {
            broken(Refusal.INTERNAL, cause.getClass().getName());
        } else {
            connection.finish();
        }
    }

    /** The connection is being closed. */
    void end() {
        stopHeadTimer();
        clear();
    }

    private void clear() {
        reader.reset();
        exchange = null;
        pump = null;
        headBytes = 0;
        framedBytes = 0;
        trailerBytes = 0;
        if (largeHead) {
            memory.giveBack(proxy.limits.headBytes());
            largeHead = false;
        }
    }

    /** False when the time was up already and the connection is being closed. */
    private boolean stopHeadTimer() {
        Scheduler.Task timer = headTimer;
        headTimer = null;
        return timer == null || timer.cancel();
    }
}
