package countersign.host.simulator.content;

import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The documents of one service. Implementations are safe for concurrent use and do not block. */
public interface Content {
    /** Answers a request that verification has let through. */
    Response answer(Request request);

    /** A text that comes with this package. */
    static String resource(String name) {
        try (InputStream in = Content.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("reading the built-in document " + name, e);
        }
    }

    /** Whether the method only reads. */
    static boolean reads(Request request) {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }
}
