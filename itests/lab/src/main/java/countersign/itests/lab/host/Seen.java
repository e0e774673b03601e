package countersign.itests.lab.host;

import com.fasterxml.jackson.databind.JsonNode;
import countersign.itests.lab.client.Answer.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * One request as the host saw it.
 *
 * @param service {@code wireserver}, {@code imds} or {@code hostga}
 * @param reason the deciding row of host-endpoints.md section 9, for example {@code verified}
 * @param signature what the verifier said of the signature, whatever the mode; empty if there was nothing to verify
 * @param keyGuid of the key it was signed with; empty if none
 * @param isRoot {@code true} or {@code false} by the claims header; empty without a valid one
 * @param status what the host answered
 */
public record Seen(long number, String service, String method, String target, List<Field> fields, long bodyLength, String reason,
        String signature, String keyGuid, String isRoot, int status) {
    static Seen of(JsonNode entry) {
        List<Field> fields = new ArrayList<>();
        entry.path("headers").forEach(field -> fields.add(new Field(field.path(0).asText(), field.path(1).asText())));
        return new Seen(entry.path("seq").asLong(), entry.path("service").asText(), entry.path("method").asText(),
                entry.path("target").asText(), fields, entry.path("bodyLength").asLong(), entry.path("reason").asText(),
                text(entry, "signature"), text(entry, "keyGuid"), text(entry, "isRoot"), entry.path("status").asInt());
    }

    /** Whether it is one of the agent's own requests about keys. */
    public boolean secureChannel() {
        return service.equals("wireserver") && target.startsWith("/secure-channel/");
    }

    public List<String> values(String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    private static String text(JsonNode entry, String member) {
        return entry.path(member).isNull() ? "" : entry.path(member).asText();
    }

    /**
     * The agent's own steps among these requests: {@code status}, {@code key}, {@code attestation}, the last two with the host's answer if
     * it was not 200. A step that was repeated without another in between counts once.
     */
    public static List<String> channelSteps(List<Seen> seen) {
        List<String> steps = new ArrayList<>();
        for (Seen one : seen) {
            if (one.secureChannel()) {
                String step = one.step();
                if (steps.isEmpty() || !steps.get(steps.size() - 1).equals(step)) {
                    steps.add(step);
                }
            }
        }
        return steps;
    }

    private String step() {
        if (target.endsWith("/status")) {
            return "status";
        }
        return (target.endsWith("/key") ? "key" : "attestation") + (status == 200 ? "" : " " + status);
    }
}
