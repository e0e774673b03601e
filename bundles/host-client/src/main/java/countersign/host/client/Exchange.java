package countersign.host.client;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.host.HostResponse;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

/** Sends a head and body as they are over a connection of their own and reads the answer. Safe from any thread. */
final class Exchange {
    private final Duration connectLimit;
    private final Duration wholeLimit;
    private final Function<Endpoint, InetSocketAddress> addresses;

    /** @param addresses where an endpoint is to be found, so that tests need not be the host */
    Exchange(Duration connectLimit, Duration wholeLimit, Function<Endpoint, InetSocketAddress> addresses) {
        this.connectLimit = requireNonNull(connectLimit, "connectLimit");
        this.wholeLimit = requireNonNull(wholeLimit, "wholeLimit");
        this.addresses = requireNonNull(addresses, "addresses");
    }

    HostResponse send(Endpoint endpoint, RequestHead head, byte[] body) throws IOException {
        Deadline deadline = Deadline.in(wholeLimit);
        byte[] block = block(head);
        try (Wire wire = connect(endpoint, deadline)) {
            wire.write(block, deadline);
            wire.write(body, deadline);
            return new AnswerReader(wire, deadline).read();
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException(e.getMessage().equals("timeout") ? "no complete answer within " + wholeLimit.toSeconds() + " s" : e.getMessage());
        }
    }

    private Wire connect(Endpoint endpoint, Deadline deadline) throws IOException {
        InetSocketAddress address = addresses.apply(endpoint);
        try {
            return Wire.connect(address, Deadline.in(connectLimit).orEarlier(deadline));
        } catch (SocketTimeoutException e) {
            throw new SocketTimeoutException("no connection within " + connectLimit.toSeconds() + " s");
        }
    }

    private static byte[] block(RequestHead head) throws IOException {
        StringBuilder block = new StringBuilder(512);
        block.append(visible(head.method())).append(' ').append(visible(head.target())).append(" HTTP/1.1\r\n");
        for (HeaderField field : head.headers()) {
            block.append(visible(field.name())).append(": ").append(printable(field.value())).append("\r\n");
        }
        return block.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String visible(String text) throws IOException {
        if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c <= 0xFF && c != 0x7F)) {
            throw new IOException("not sent: expected a text without blanks in method, target or header name");
        }
        return text;
    }

    private static String printable(String text) throws IOException {
        if (!text.chars().allMatch(c -> c >= ' ' && c <= 0xFF && c != 0x7F || c == '\t')) {
            throw new IOException("not sent: expected no control character in a header value");
        }
        return text;
    }
}
