package countersign.status.aggregate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import countersign.logfile.LogText;
import countersign.summary.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes the status document; names, order and values are contract (status.md section 2). */
final class StatusJson {
    private static final int MESSAGE_LIMIT = 1024;
    private static final JsonFactory JSON = new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private StatusJson() {}

    /** For HTTP. */
    static byte[] compact(StatusSnapshot snapshot) {
        return write(snapshot, false);
    }

    /** For the file: the same, with white space. */
    static byte[] pretty(StatusSnapshot snapshot) {
        return write(snapshot, true);
    }

    private static byte[] write(StatusSnapshot snapshot, boolean pretty) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            if (pretty) {
                json.setPrettyPrinter(new DefaultPrettyPrinter());
            }
            document(json, snapshot);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void document(JsonGenerator json, StatusSnapshot snapshot) throws IOException {
        json.writeStartObject();
        json.writeStringField("timestamp", LogText.timestamp(snapshot.time()));
        json.writeObjectFieldStart("proxyAgentStatus");
        json.writeStringField("version", snapshot.version());
        json.writeStringField("status", snapshot.success() ? "SUCCESS" : "ERROR");
        detail(json, "monitorStatus", snapshot.monitor());
        json.writeObjectFieldStart("keyLatchStatus");
        members(json, snapshot.keyLatch());
        states(json, snapshot.keyLatch().facts());
        json.writeEndObject();
        detail(json, "ebpfProgramStatus", snapshot.ebpfProgram());
        detail(json, "proxyListenerStatus", snapshot.proxyListener());
        detail(json, "telemetryLoggerStatus", snapshot.telemetryLogger());
        json.writeNumberField("proxyConnectionsCount", snapshot.connections());
        json.writeEndObject();
        rows(json, "proxyConnectionSummary", snapshot.ordinary());
        rows(json, "failedAuthenticateSummary", snapshot.failed());
        json.writeEndObject();
    }

    private static void detail(JsonGenerator json, String name, ModuleStatus module) throws IOException {
        json.writeObjectFieldStart(name);
        members(json, module);
        json.writeEndObject();
    }

    private static void members(JsonGenerator json, ModuleStatus module) throws IOException {
        json.writeStringField("status", module.state().name());
        json.writeStringField("message", whole(LogText.cut(module.message(), MESSAGE_LIMIT)));
    }

    /** The secure channel's facts (status.md section 2.3); those that a key brings are there only with a key. */
    private static void states(JsonGenerator json, Map<String, String> facts) throws IOException {
        json.writeObjectFieldStart("states");
        json.writeStringField("secureChannelState", whole(facts.getOrDefault("secureChannelState", "Unknown")));
        present(json, "keyGuid", facts);
        json.writeStringField("wireServerRuleId", whole(facts.getOrDefault("wireServerRuleId", "")));
        json.writeStringField("imdsRuleId", whole(facts.getOrDefault("imdsRuleId", "")));
        json.writeStringField("hostGARuleId", whole(facts.getOrDefault("hostGARuleId", "")));
        present(json, "keyIncarnationId", facts);
        json.writeEndObject();
    }

    private static void present(JsonGenerator json, String name, Map<String, String> facts) throws IOException {
        if (facts.containsKey(name)) {
            json.writeStringField(name, whole(facts.get(name)));
        }
    }

    private static void rows(JsonGenerator json, String name, List<SummaryRow> rows) throws IOException {
        json.writeArrayFieldStart(name);
        for (SummaryRow row : rows) {
            json.writeStartObject();
            json.writeStringField("userName", row.userName());
            json.writeStringField("ip", row.ip());
            json.writeNumberField("port", row.port());
            json.writeStringField("processCmdLine", row.processCmdLine());
            json.writeStringField("responseStatus", row.responseStatus());
            json.writeNumberField("count", row.count());
            json.writeArrayFieldStart("userGroups");
            for (String group : row.userGroups()) {
                json.writeString(group);
            }
            json.writeEndArray();
            json.writeStringField("processFullPath", row.processFullPath());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Without half characters, which strict readers refuse. */
    private static String whole(String text) {
        return JsonText.bounded(text, Integer.MAX_VALUE - 16);
    }
}
