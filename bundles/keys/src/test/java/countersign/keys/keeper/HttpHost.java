package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.host.HostResponse;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link ModelHost} behind a socket: attestations count only with a signature that verifies. */
final class HttpHost implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ModelHost model = new ModelHost(request -> {});
    private final List<String> signatures = new ArrayList<>();

    HttpHost() throws IOException {
        Thread thread = new Thread(this::serve, "http-host");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** The host's state; synchronize on it. */
    ModelHost model() {
        return model;
    }

    /** Every signature that was received. */
    List<String> signatures() {
        synchronized (model) {
            return List.copyOf(signatures);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                answer(client.getInputStream(), client.getOutputStream());
            } catch (IOException e) {
                // A killed agent, or a fault that the model wanted: the connection ends.
            }
        }
    }

    private void answer(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("cut off");
            }
            bytes.write(next);
        }
        String[] lines = bytes.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        String[] first = lines[0].split(" ");
        byte[] body = in.readNBytes(Integer.parseInt(value(lines, "content-length").orElse("0")));
        HostResponse response;
        synchronized (model) {
            Optional<Signing> signing = signing(first[0], first[1], value(lines, HeaderField.AUTHORIZATION));
            response = signing.isEmpty()
                    ? new HostResponse(403, List.of(), new byte[0])
                    : model.send(new HostRequest(Endpoint.WIRESERVER, first[0], first[1], List.of(), body, signing.get()));
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 " + response.status() + " X\r\ncontent-length: " + response.body().length + "\r\n");
        response.headers().forEach(field -> head.append(field.name()).append(": ").append(field.value()).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.write(response.body());
    }

    /** Empty when the signature is none of a key the host knows. */
    private Optional<Signing> signing(String method, String target, Optional<String> authorization) {
        if (authorization.isEmpty()) {
            return Optional.of(new Signing.None());
        }
        String[] parts = authorization.get().split(" ");
        signatures.add(parts[2]);
        for (SigningKey key : model.knownKeys()) {
            if (key.guid().equals(parts[1]) && PlainEndorser.signature(key, method, target).equals(parts[2])) {
                return Optional.of(new Signing.With(key));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> value(String[] lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name + ": ")) {
                return Optional.of(line.substring(name.length() + 2));
            }
        }
        return Optional.empty();
    }
}
