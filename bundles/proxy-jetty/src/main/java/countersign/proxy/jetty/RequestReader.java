package countersign.proxy.jetty;

import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;

/** Collects what the parser finds in the bytes of one request: the head, then the body or, when it is streamed, the next piece of it. */
final class RequestReader implements HttpParser.RequestHandler {
    /** No more are kept; the endorser takes as many (signing.md section 5). */
    private static final int MAX_HEADERS = 100;

    private final BodyBuffer body;
    private final List<HeaderField> headers = new ArrayList<>(16);
    private String method;
    private String target;
    private HttpVersion version;
    private boolean closing;
    private boolean keepAlive;
    private boolean chunked;
    private boolean hasLength;
    private boolean expectsContinue;
    private boolean headComplete;
    private boolean complete;
    private boolean streaming;
    private long streamed;
    private ByteBuffer piece;
    private Refusal failure;

    RequestReader(MemoryAccount account) {
        body = new BodyBuffer(account);
    }

    /** Made ready for the next request of the connection. */
    void reset() {
        body.clear();
        headers.clear();
        method = null;
        target = null;
        closing = keepAlive = chunked = hasLength = expectsContinue = headComplete = complete = streaming = false;
        streamed = 0;
        piece = null;
        failure = null;
    }

    /** Why the bytes so far are no request that can go on, or null. */
    Refusal failure() {
        return failure;
    }

    boolean headComplete() {
        return headComplete;
    }

    /** Head and body have been read. */
    boolean complete() {
        return complete;
    }

    RequestHead head() {
        return new RequestHead(method, target, headers);
    }

    String method() {
        return method == null ? "" : method;
    }

    boolean http10() {
        return version == HttpVersion.HTTP_1_0;
    }

    /** The client waits for a word before it sends its body (RFC 9110 section 10.1.1). */
    boolean expectsContinue() {
        return expectsContinue && !http10();
    }

    /** The client wants the connection closed after this request. */
    boolean wantsClose() {
        return closing || http10() && !keepAlive;
    }

    /** The client is still to send what it has announced, or it cannot be known. */
    boolean hasBodyOutstanding() {
        return !complete && (!headComplete || chunked || hasLength);
    }

    boolean isStreaming() {
        return streaming;
    }

    byte[] body() {
        return body.take();
    }

    /** From here on the body is handed out in pieces instead of being kept. */
    void stream() {
        streaming = true;
    }

    /** The piece of a streamed body that the parser stopped at, or null. Lies in the buffer that was parsed. */
    ByteBuffer takePiece() {
        ByteBuffer taken = piece;
        piece = null;
        return taken;
    }

    @Override
    public void startRequest(String method, String uri, HttpVersion version) {
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) {
            throw new HttpException.RuntimeException(HttpStatus.BAD_REQUEST_400, "version");
        }
        this.method = method;
        this.version = version;
        int fragment = uri.indexOf('#');
        target = fragment < 0 ? uri : uri.substring(0, fragment);
    }

    @Override
    public void parsedHeader(HttpField field) {
        String value = field.getValue() == null ? "" : field.getValue();
        if (headers.size() == MAX_HEADERS) {
            failure = Refusal.HEADER_COUNT;
            return;
        }
        headers.add(new HeaderField(field.getName(), value));
        HttpHeader known = field.getHeader();
        if (known == HttpHeader.CONNECTION) {
            closing |= field.contains("close");
            keepAlive |= field.contains("keep-alive");
        } else if (known == HttpHeader.TRANSFER_ENCODING) {
            chunked = true;
        } else if (known == HttpHeader.CONTENT_LENGTH) {
            hasLength = !value.equals("0");
        } else if (known == HttpHeader.EXPECT) {
            expectsContinue |= field.contains("100-continue");
        }
    }

    @Override
    public boolean headerComplete() {
        headComplete = true;
        return true;
    }

    @Override
    public boolean content(ByteBuffer chunk) {
        if (failure != null) {
            return true;
        }
        if (streaming) {
            piece = chunk;
            streamed += chunk.remaining();
            failure = streamed > Limits.EXEMPT_BODY ? Refusal.BODY_LENGTH : null;
            return true;
        }
        failure = body.add(chunk);
        return failure != null;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public boolean messageComplete() {
        complete = true;
        return true;
    }

    @Override
    public void badMessage(HttpException cause) {
        failure = switch (cause.getCode()) {
            case HttpStatus.URI_TOO_LONG_414 -> Refusal.TARGET_LENGTH;
            case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 -> Refusal.HEAD_LENGTH;
            default -> Refusal.MALFORMED;
        };
    }

    @Override
    public void earlyEOF() {
        failure = headComplete ? Refusal.BODY_MALFORMED : Refusal.CLIENT_GONE;
    }
}
