package countersign.rules.json;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What the host's rule id says (authorization.md section 9.1): a label, or a label together with the order to use local files.
 *
 * @param logicalId may be empty
 */
public record RuleSetId(String logicalId, boolean useLocalFileRules) {
    public RuleSetId {
        requireNonNull(logicalId, "logicalId");
    }

    public static RuleSetId of(String raw) {
        String text = Text.trim(raw);
        try {
            byte[] json = Base64.getDecoder().decode(text);
            // The JDK forgives missing padding and stray bits at the end; a marker has neither.
            boolean exact = !text.isEmpty() && Base64.getEncoder().encodeToString(json).equals(text);
            return exact ? read(json) : new RuleSetId(text, false);
        } catch (IllegalArgumentException | MalformedJson e) {
            return new RuleSetId(text, false);
        }
    }

    /** The id under which rules are reported (authorization.md section 9.2), before a local file adds its own. */
    public String effective(String raw) {
        return logicalId.isEmpty() ? raw : logicalId + "-useLocalFileRules-" + useLocalFileRules;
    }

    private static RuleSetId read(byte[] json) throws MalformedJson {
        return JsonBytes.read(json, json.length, parser -> {
            ObjectReader object = ObjectReader.open(parser, "id", "useLocalFileRules");
            String id = "";
            boolean useLocalFileRules = false;
            for (String member = object.next(); member != null; member = object.next()) {
                switch (member) {
                    case "id" -> id = object.string();
                    default -> useLocalFileRules = object.bool();
                }
            }
            return new RuleSetId(id, useLocalFileRules);
        });
    }
}
