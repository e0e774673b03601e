package countersign.telemetry.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import countersign.authorization.Proposal;
import countersign.rules.json.RuleDocumentWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/** What could be done about a refusal, as JSON: {@code add}, {@code none} or {@code leftOut}. Whole or left out: half a rule is none. */
final class ProposalText {
    private ProposalText() {}

    /** @param limit most characters */
    static String of(Proposal proposal, JsonFactory factory, int limit) throws IOException {
        String text = text(proposal, factory);
        return text.length() <= limit ? text : text(new Proposal.LeftOut("it is longer than " + limit + " characters"), factory);
    }

    private static String text(Proposal proposal, JsonFactory factory) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(text)) {
            json.writeStartObject();
            if (proposal instanceof Proposal.Change change) {
                json.writeFieldName("add");
                new RuleDocumentWriter(json).rules(change.additions());
                list(json, "alsoAllows", change.alsoAllows());
                list(json, "alsoRefuses", change.alsoRefuses());
            } else if (proposal instanceof Proposal.None none) {
                json.writeStringField("none", none.reason());
            } else if (proposal instanceof Proposal.LeftOut leftOut) {
                json.writeStringField("leftOut", leftOut.reason());
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void list(JsonGenerator json, String member, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            json.writeArrayFieldStart(member);
            for (String text : texts) {
                json.writeString(text);
            }
            json.writeEndArray();
        }
    }
}
