package countersign.host.simulator.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Answers the three secure channel requests (host-endpoints.md section 2) once verification has let them through. */
public final class SecureChannel {
    private static final String STATUS = "/secure-channel/status";
    private static final String KEY = "/secure-channel/key";
    private static final String ATTESTATION = "/key-attestation";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Keys keys;
    private final HostClock clock;
    private volatile StatusDocument document;
    private volatile DateHeaders dates = DateHeaders.CORRECT;

    public SecureChannel(Keys keys, HostClock clock, StatusDocument document) {
        this.keys = keys;
        this.clock = clock;
        this.document = document;
    }

    /** The document in force. */
    public StatusDocument document() {
        return document;
    }

    /** Puts another document, and thereby other modes, in force. */
    public void serve(StatusDocument newDocument) {
        document = newDocument;
    }

    /** The document exactly as the next status request gets it. */
    public byte[] served() {
        return document.toJson(keys.state().reported());
    }

    /** Changes the date headers of status answers. */
    public void send(DateHeaders newDates) {
        dates = newDates;
    }

    /** The date headers of status answers. */
    public DateHeaders dates() {
        return dates;
    }

    /** Whether this is one of the two requests that are never signed. */
    public static boolean isUnsigned(Request request) {
        return isStatus(request) || isKeyRequest(request);
    }

    /** The guid in the path of an attestation, or {@code null} if the request is none. */
    public static String attestedGuid(Request request) {
        String target = request.target();
        if (!request.method().equals("POST") || !target.startsWith(KEY + "/") || !target.endsWith(ATTESTATION)) {
            return null;
        }
        int from = KEY.length() + 1;
        int to = target.length() - ATTESTATION.length();
        return from < to && target.indexOf('/', from) == to ? target.substring(from, to) : null;
    }

    /** The answer, or {@code null} if the request is not of the secure channel. */
    public Response answer(Request request) {
        String attested = attestedGuid(request);
        if (!isUnsigned(request) && attested == null) {
            return null;
        }
        if (!"true".equalsIgnoreCase(request.single("metadata"))) {
            return Response.error(400, "metadata header missing");
        }
        if (attested != null) {
            return keys.attest(attested) ? Response.empty(200) : Response.error(403, "key-unknown");
        }
        return isStatus(request) ? status() : key(request);
    }

    private Response status() {
        return new Response(200, dates.headers(clock.text()), served());
    }

    private Response key(Request request) {
        String type = request.single("content-type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            return Response.error(400, "content-type: expected application/json");
        }
        try {
            JsonNode asked = request.body().kept() == null ? null : JSON.readTree(request.body().kept());
            if (asked == null || !"Azure-HMAC-SHA256".equals(asked.path("authorizationScheme").textValue())) {
                return Response.error(400, "authorizationScheme: expected Azure-HMAC-SHA256");
            }
        } catch (JsonProcessingException e) {
            return Response.error(400, "body: expected JSON");
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
        HostKey key = keys.issue();
        ObjectNode reply = JSON.createObjectNode();
        reply.put("authorizationScheme", "Azure-HMAC-SHA256").put("guid", key.guid()).put("incarnationId", key.incarnation())
                .put("issued", key.issued().toString()).put("key", key.revealText());
        return Response.json(200, reply.toString());
    }

    /** Whether this is a status request. */
    public static boolean isStatus(Request request) {
        return request.method().equals("GET") && request.target().equals(STATUS);
    }

    private static boolean isKeyRequest(Request request) {
        return request.method().equals("POST") && request.target().equals(KEY);
    }

    /**
     * The two date headers of a status answer.
     *
     * @param hostDate text of {@code x-ms-azure-host-date}: {@code auto} for the simulated time, {@code absent} to leave it out
     * @param date text of {@code date}, likewise
     */
    public record DateHeaders(String hostDate, String date) {
        /** Both headers with the simulated time. */
        public static final DateHeaders CORRECT = new DateHeaders("auto", "auto");

        public DateHeaders {
            check(hostDate);
            check(date);
        }

        List<Header> headers(String now) {
            List<Header> headers = new ArrayList<>();
            headers.add(new Header("Content-Type", "application/json; charset=utf-8"));
            add(headers, "x-ms-azure-host-date", hostDate, now);
            add(headers, "Date", date, now);
            return headers;
        }

        private static void add(List<Header> headers, String name, String wanted, String now) {
            if (!wanted.equals("absent")) {
                headers.add(new Header(name, wanted.equals("auto") ? now : wanted));
            }
        }

        private static void check(String text) {
            if (text == null || text.chars().anyMatch(c -> c < 0x20 || c > 0xff)) {
                throw new IllegalArgumentException("date header: expected auto, absent or a text without control characters");
            }
        }
    }
}
