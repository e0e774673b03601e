package countersign.policy.tool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import countersign.authorization.engine.advice.RuleChange;
import countersign.rules.json.RuleDocumentWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** Rule changes as JSON. */
final class ChangeText {
    private ChangeText() {}

    static String json(RuleChange change) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).setPrettyPrinter(new DefaultPrettyPrinter())) {
            new RuleDocumentWriter(json).rules(change.additions());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does no output", e);
        }
        return text.toString();
    }
}
