package countersign.telemetry.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import countersign.secrets.Secrets;
import countersign.summary.JsonText;
import countersign.summary.RequestSummary;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * A request summary as a message: compact JSON (telemetry.md section 6.3). Members are redacted and cut one by one, so that the whole is within
 * a message's limit, stays JSON, and no caller can make a member vanish by what he writes into the one before.
 */
final class SummaryText {
    private static final JsonFactory JSON = new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final int WORD = 64;
    private static final int USER = 128;
    private static final int URL = 1024;
    private static final int PATH = 512;
    private static final int COMMAND = 640;
    private static final int DETAILS = 512;
    private static final int GROUPS = 16;
    private static final int GROUP = 32;

    private SummaryText() {}

    /** @param responseStatus instead of the summary's own */
    static String of(RequestSummary summary, String responseStatus) {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("id", summary.id());
            text(json, "method", summary.method(), WORD);
            text(json, "url", summary.url(), URL);
            text(json, "clientIp", summary.clientIp(), WORD);
            json.writeNumberField("clientPort", summary.clientPort());
            text(json, "ip", summary.ip(), WORD);
            json.writeNumberField("port", summary.port());
            json.writeNumberField("userId", summary.userId());
            text(json, "userName", summary.userName(), USER);
            groups(json, summary.userGroups());
            text(json, "processFullPath", summary.processFullPath(), PATH);
            text(json, "processCmdLine", summary.processCmdLine(), COMMAND);
            json.writeBooleanField("runAsElevated", summary.runAsElevated());
            text(json, "responseStatus", responseStatus, WORD);
            json.writeNumberField("elapsedTime", summary.elapsedTime());
            text(json, "errorDetails", summary.errorDetails(), DETAILS);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return text.toString();
    }

    private static void groups(JsonGenerator json, List<String> groups) throws IOException {
        json.writeArrayFieldStart("userGroups");
        for (String group : groups.subList(0, Math.min(GROUPS, groups.size()))) {
            json.writeString(JsonText.bounded(group, GROUP));
        }
        json.writeEndArray();
    }

    private static void text(JsonGenerator json, String name, String value, int limit) throws IOException {
        json.writeStringField(name, JsonText.bounded(Secrets.redact(value), limit));
    }
}
