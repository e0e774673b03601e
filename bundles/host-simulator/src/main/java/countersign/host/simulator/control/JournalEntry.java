package countersign.host.simulator.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.Mode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.verify.Reason;
import countersign.host.simulator.verify.SignatureCheck;
import java.time.Instant;
import java.util.Objects;

/**
 * What the simulator saw and said of one request.
 *
 * @param seq its number, from 1; 0 before the journal has numbered it
 * @param time machine time when the request was complete
 * @param connection number of its connection since the start
 * @param peer address and port of the sender
 * @param check the deciding row of host-endpoints.md section 9; 0 for input refused before
 * @param verdict {@code serve}, {@code serve-counted} or {@code refuse}
 * @param reason name of the deciding row, or of the refused input
 * @param signature outcome of checks 3 to 8 alone; {@code null} if they did not run
 * @param status the status answered; 0 if the answer was withheld
 * @param fault number of the fault that applied; 0 for none
 */
public record JournalEntry(long seq, Instant time, Service service, long connection, String peer, Request request, Mode mode,
        int check, String verdict, String reason, Reason signature, int status, int fault) {
    private static final int HEX_END = 18 + 36;

    public JournalEntry {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(reason, "reason");
    }

    JournalEntry numbered(long number) {
        return new JournalEntry(number, time, service, connection, peer, request, mode, check, verdict, reason, signature, status, fault);
    }

    /** A rough count of the memory it holds. */
    int weight() {
        int weight = 400 + request.target().length();
        for (var header : request.headers()) {
            weight += 80 + header.name().length() + header.value().length();
        }
        return weight;
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("seq", seq).put("time", time.toString()).put("service", service.text()).put("connection", connection)
                .put("peer", peer).put("method", request.method()).put("target", request.target());
        ArrayNode headers = json.putArray("headers");
        request.headers().forEach(h -> headers.addArray().add(h.name()).add(h.value()));
        json.put("bodyLength", request.body().length()).put("bodySha256", request.body().sha256())
                .put("mode", mode.text()).put("check", check).put("verdict", verdict).put("reason", reason)
                .put("signature", signature == null ? null : signature.text()).put("keyGuid", keyGuid())
                .put("isRoot", SignatureCheck.isRoot(request)).put("status", status);
        return fault == 0 ? json.putNull("fault") : json.put("fault", fault);
    }

    /** The line printed per request on demand; never with header values. */
    String toLine() {
        return time + " " + service.text() + " " + request.method() + " " + request.target() + " " + verdict + " " + reason
                + " isRoot=" + SignatureCheck.isRoot(request) + " status=" + status + (fault == 0 ? "" : " fault=" + fault);
    }

    private String keyGuid() {
        String authorization = request.single("x-ms-azure-host-authorization");
        return authorization != null && authorization.startsWith("Azure-HMAC-SHA256 ") && authorization.length() > HEX_END
                ? authorization.substring(18, HEX_END) : null;
    }
}
