package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.authorization.engine.decision.Subject;
import countersign.rules.json.Text;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request as the agent's connection log has it, found by the decision id that its 403 named.
 *
 * @param decision what the agent said
 */
record LoggedRequest(String endpoint, String method, String url, Subject caller, Optional<String> decision) {

    static LoggedRequest find(Path log, String decisionId) throws Trouble {
        if (!Files.isRegularFile(log)) {
            throw new Trouble(log + ": expected a regular file");
        }
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int json = line.indexOf('{');
                if (json >= 0 && line.contains(decisionId)) {
                    JsonNode event = new ObjectMapper().readTree(line.substring(json));
                    if (event.path("decisionId").asText().equals(decisionId)) {
                        return of(event);
                    }
                }
            }
        } catch (JsonProcessingException e) {
            throw new Trouble(log + ": the line of decision " + Text.quote(decisionId) + " is broken", e);
        } catch (IOException e) {
            throw new Trouble(log + ": " + e, e);
        }
        throw new Trouble(log + ": no decision " + Text.quote(decisionId));
    }

    private static LoggedRequest of(JsonNode event) throws Trouble {
        if (!event.path("endpoint").isTextual()) {
            throw new Trouble("the request of this decision was not meant for a guarded endpoint");
        }
        List<String> groups = new ArrayList<>();
        event.path("userGroups").forEach(group -> groups.add(group.asText()));
        String exe = event.path("processFullPath").asText("");
        Subject caller = new Subject(event.path("userName").asText(Subject.UNKNOWN_USER), groups, exe, exe.substring(exe.lastIndexOf('/') + 1),
                event.path("runAsElevated").asBoolean(false));
        return new LoggedRequest(event.get("endpoint").asText(), event.path("method").asText(), event.path("url").asText(), caller,
                Optional.ofNullable(event.get("decision")).map(JsonNode::asText));
    }
}
