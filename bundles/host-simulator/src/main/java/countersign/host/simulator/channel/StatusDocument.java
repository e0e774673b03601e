package countersign.host.simulator.channel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A status document and what it means for verification (secure-channel.md sections 2 and 3). Only documents an agent has
 * to accept exist; bad ones are served through faults, so that they change no mode.
 */
public final class StatusDocument {
    /** Names of the documents that come along. */
    public static final List<String> PRESETS = List.of("enforce", "audit", "disabled", "wireserver", "wireserverandimds");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode template;
    private final Mode wireserver;
    private final Mode imds;

    private StatusDocument(ObjectNode template) {
        this.template = template;
        requireText("authorizationScheme", "Azure-HMAC-SHA256");
        requireText("keyDeliveryMethod", "http");
        String version = text("version");
        if ("2.0".equals(version)) {
            if (!template.path("secureChannelEnabled").isBoolean()) {
                throw new IllegalArgumentException("secureChannelEnabled: expected true or false in a document of version 2.0");
            }
            wireserver = ruleMode("wireserver");
            imds = ruleMode("imds");
        } else if ("1.0".equals(version)) {
            String state = Objects.toString(text("secureChannelState"), "").toLowerCase(Locale.ROOT);
            switch (state) {
                case "disabled" -> {
                    wireserver = Mode.DISABLED;
                    imds = Mode.DISABLED;
                }
                case "wireserver" -> {
                    wireserver = Mode.ENFORCE;
                    imds = Mode.AUDIT;
                }
                case "wireserverandimds" -> {
                    wireserver = Mode.ENFORCE;
                    imds = Mode.ENFORCE;
                }
                default -> throw new IllegalArgumentException(
                        "secureChannelState " + state + ": expected Disabled, Wireserver or WireserverAndImds in version 1.0");
            }
        } else {
            throw new IllegalArgumentException("version " + version + ": expected 1.0 or 2.0");
        }
    }

    /**
     * Reads a document.
     *
     * @throws IllegalArgumentException if it is not one an agent has to accept; the message says what was expected
     */
    public static StatusDocument parse(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            if (tree instanceof ObjectNode object) {
                return new StatusDocument(object);
            }
            throw new IllegalArgumentException("status document: expected a JSON object");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("status document: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    /** One of {@link #PRESETS}. */
    public static StatusDocument preset(String name) {
        if (!PRESETS.contains(name)) {
            throw new IllegalArgumentException("preset " + name + ": expected one of " + PRESETS);
        }
        try (InputStream in = StatusDocument.class.getResourceAsStream("status-" + name + ".json")) {
            return parse(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("reading the built-in document " + name, e);
        }
    }

    /** The mode of a service; HostGAPlugin takes that of WireServer. */
    public Mode mode(Service service) {
        return service == Service.IMDS ? imds : wireserver;
    }

    /** The document with its {@code keyGuid} replaced by the guid to report ({@code null} for none). */
    public byte[] toJson(String keyGuid) {
        return template.deepCopy().put("keyGuid", keyGuid).toString().getBytes(StandardCharsets.UTF_8);
    }

    private Mode ruleMode(String service) {
        JsonNode item = template.path("authorizationRules").path(service);
        if (item.isMissingNode() || item.isNull()) {
            return Mode.DISABLED;
        }
        for (String member : List.of("defaultAccess", "mode", "id")) {
            if (!item.path(member).isTextual()) {
                throw new IllegalArgumentException("authorizationRules." + service + "." + member + ": expected a string");
            }
        }
        return Mode.of(item.get("mode").textValue());
    }

    private void requireText(String member, String expected) {
        if (!expected.equals(text(member))) {
            throw new IllegalArgumentException(member + " " + text(member) + ": expected " + expected);
        }
    }

    private String text(String member) {
        return template.path(member).textValue();
    }
}
