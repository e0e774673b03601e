package countersign.host.simulator.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.control.Action.Break.How;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads fault documents; README.md of this module describes their members. */
final class FaultParser {
    private static final Set<String> MEMBERS = Set.of("service", "method", "path", "count", "delayMillis", "action", "status",
            "contentType", "headers", "body", "repeat", "set", "remove", "afterBytes", "processed");
    private static final int MAX_ANSWER = 64 << 20;

    private final ObjectMapper json = new ObjectMapper();
    private final ObjectNode presets;

    FaultParser() {
        try (InputStream in = FaultParser.class.getResourceAsStream("fault-presets.json")) {
            presets = (ObjectNode) json.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException("the built-in fault presets", e);
        }
    }

    /** The presets by name. */
    ObjectNode presets() {
        return presets.deepCopy();
    }

    /**
     * Makes a fault.
     *
     * @param preset name of a preset to start from, or {@code null}
     * @param own members that are added or win over those of the preset
     * @throws IllegalArgumentException if it is not a fault; the message says what was expected
     */
    Fault parse(int id, String preset, ObjectNode own) {
        ObjectNode all = preset == null ? json.createObjectNode() : preset(preset);
        all.setAll(own);
        all.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("fault member " + name + ": expected one of " + MEMBERS.stream().sorted().toList());
            }
        });
        String service = text(all, "service", null);
        return new Fault(id, all, service == null ? null : Service.of(service), text(all, "method", null), text(all, "path", null),
                number(all, "count", -1), number(all, "delayMillis", 0), action(all));
    }

    private ObjectNode preset(String name) {
        if (!(presets.get(name) instanceof ObjectNode preset)) {
            throw new IllegalArgumentException("fault preset " + name + ": see GET /faults/presets");
        }
        return preset.deepCopy();
    }

    private Action action(ObjectNode fault) {
        String action = text(fault, "action", "pass");
        return switch (action) {
            case "pass" -> new Action.Pass();
            case "answer" -> new Action.Answer(answer(fault));
            case "patch" -> patch(fault);
            case "hang" -> breakOff(fault, How.HANG);
            case "cut" -> breakOff(fault, How.CUT);
            case "reset" -> breakOff(fault, How.RESET);
            default -> throw new IllegalArgumentException(
                    "action " + action + ": expected pass, answer, patch, hang, cut or reset");
        };
    }

    private Response answer(ObjectNode fault) {
        byte[] once = text(fault, "body", "").getBytes(StandardCharsets.UTF_8);
        int repeat = number(fault, "repeat", 1);
        if (repeat < 0 || (long) once.length * repeat > MAX_ANSWER) {
            throw new IllegalArgumentException("repeat " + repeat + ": expected an answer of at most " + MAX_ANSWER + " bytes");
        }
        byte[] body = new byte[once.length * repeat];
        for (int i = 0; i < repeat; i++) {
            System.arraycopy(once, 0, body, i * once.length, once.length);
        }
        List<Header> headers = new ArrayList<>();
        String type = text(fault, "contentType", "application/json; charset=utf-8");
        if (!type.isEmpty()) {
            headers.add(header("Content-Type", type));
        }
        fault.path("headers").properties().forEach(e -> headers.add(header(e.getKey(), e.getValue().asText())));
        return new Response(number(fault, "status", 200), headers, body);
    }

    private static Header header(String name, String value) {
        if ((name + value).chars().anyMatch(c -> c < 0x20 || c > 0xff)) {
            throw new IllegalArgumentException("header " + name + ": expected no control characters");
        }
        return new Header(name, value);
    }

    private Action.Patch patch(ObjectNode fault) {
        JsonNode set = fault.path("set");
        List<String> remove = new ArrayList<>();
        fault.path("remove").forEach(name -> remove.add(name.asText()));
        return new Action.Patch(set instanceof ObjectNode object ? object : json.createObjectNode(), remove);
    }

    private static Action.Break breakOff(ObjectNode fault, How how) {
        int afterBytes = number(fault, "afterBytes", 0);
        return new Action.Break(how, afterBytes, fault.path("processed").asBoolean(afterBytes > 0));
    }

    private static String text(ObjectNode fault, String member, String absent) {
        JsonNode value = fault.get(member);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException(member + " " + value + ": expected a string");
        }
        return value.textValue();
    }

    private static int number(ObjectNode fault, String member, int absent) {
        JsonNode value = fault.get(member);
        if (value == null || value.isNull()) {
            return absent;
        }
        if (!value.isInt()) {
            throw new IllegalArgumentException(member + " " + value + ": expected a whole number");
        }
        return value.intValue();
    }

    /** Applies a patch to an answer; one that is no JSON object stays as it is. */
    static Response apply(Action.Patch patch, Response response) {
        ObjectMapper json = new ObjectMapper();
        try {
            if (json.readTree(response.body()) instanceof ObjectNode object) {
                object.setAll(patch.set());
                object.remove(patch.remove());
                return new Response(response.status(), response.headers(), json.writeValueAsBytes(object));
            }
        } catch (JsonProcessingException e) {
            return response;
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
        return response;
    }
}
