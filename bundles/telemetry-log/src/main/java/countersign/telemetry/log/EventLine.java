package countersign.telemetry.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import countersign.attribution.Caller;
import countersign.authorization.Explanation;
import countersign.authorization.IdentityMismatch;
import countersign.authorization.Proposal;
import countersign.authorization.Stage;
import countersign.endpoint.Endpoint;
import countersign.logfile.LogText;
import countersign.secrets.Secrets;
import countersign.summary.JsonText;
import countersign.summary.RequestSummary;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One event as one line of JSON: the fields of proxy.md section 12 in their order, then ours. Everything outside ASCII and every control
 * character is escaped, so that no caller can forge a line, what looks like a secret is redacted, and no line is longer than {@link #LIMIT} bytes. Not thread-safe.
 */
final class EventLine {
    /** Longest line in bytes, its end included. */
    static final int LIMIT = 65_536;

    private static final int WORD = 256;
    private static final int NAME = 512;
    private static final int PATH = 4096;
    private static final int URL = 8192;
    private static final int MESSAGE = 8192;
    private static final int GROUPS = 64;
    private static final int GROUP = 128;
    private static final int MISMATCHES = 16;
    private static final int PROPOSAL = 6144;
    private static final Proposal SECRET = new Proposal.LeftOut("the target holds what looks like a secret");
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .setCharacterEscapes(new DeleteEscape());

    private final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);

    /** The line with its end. The buffer belongs to the caller. */
    ByteBuffer of(AgentEvent event) {
        line.reset();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            if (event instanceof AuditEvent audit) {
                request(json, audit);
                decision(json, audit);
            } else if (event instanceof NoticeEvent notice) {
                notice(json, notice);
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(line.toByteArray());
    }

    private static void request(JsonGenerator json, AuditEvent event) throws IOException {
        RequestSummary summary = RequestSummary.of(event);
        json.writeNumberField("id", summary.id());
        text(json, "method", summary.method(), WORD);
        redacted(json, "url", summary.url(), URL);
        text(json, "clientIp", summary.clientIp(), WORD);
        json.writeNumberField("clientPort", summary.clientPort());
        text(json, "ip", summary.ip(), WORD);
        json.writeNumberField("port", summary.port());
        json.writeNumberField("userId", summary.userId());
        text(json, "userName", summary.userName(), WORD);
        json.writeArrayFieldStart("userGroups");
        for (String group : first(summary.userGroups(), GROUPS)) {
            json.writeString(JsonText.bounded(group, GROUP));
        }
        json.writeEndArray();
        text(json, "processFullPath", summary.processFullPath(), PATH);
        text(json, "processCmdLine", summary.processCmdLine(), PATH);
        json.writeBooleanField("runAsElevated", summary.runAsElevated());
        text(json, "responseStatus", summary.responseStatus(), WORD);
        json.writeNumberField("elapsedTime", summary.elapsedTime());
        redacted(json, "errorDetails", summary.errorDetails(), MESSAGE);
    }

    private static void decision(JsonGenerator json, AuditEvent event) throws IOException {
        json.writeStringField("timestamp", LogText.timestamp(event.time()));
        json.writeNumberField("connectionId", event.connectionId());
        optional(json, "endpoint", event.endpoint().map(Endpoint::name), WORD);
        if (event.caller().isPresent()) {
            Caller caller = event.caller().get();
            json.writeNumberField("processId", caller.processId());
            json.writeNumberField("processStart", caller.processStart());
        }
        json.writeStringField("decision", verdict(event));
        text(json, "reason", event.reason(), WORD);
        json.writeBooleanField("failedAuthorization", event.failedAuthorization());
        json.writeStringField("endorsement", event.endorsement().name().toLowerCase(Locale.ROOT));
        if (event.explanation().isPresent()) {
            explanation(json, event.explanation().get(), event.url());
        }
    }

    /** @param target as received: what a proposal names comes from it, in other forms */
    private static void explanation(JsonGenerator json, Explanation explanation, String target) throws IOException {
        json.writeStringField("stage", explanation.stage().label());
        json.writeNumberField("epoch", explanation.epoch());
        text(json, "decisionId", explanation.decisionId(), WORD);
        text(json, "service", explanation.service(), WORD);
        text(json, "ruleSetId", explanation.ruleSetId(), NAME);
        redacted(json, "canonicalPath", explanation.canonicalPath(), PATH);
        optional(json, "privilege", explanation.privilege(), NAME);
        optional(json, "holder", explanation.holder(), NAME);
        if (!explanation.mismatches().isEmpty()) {
            json.writeArrayFieldStart("mismatches");
            for (IdentityMismatch mismatch : first(explanation.mismatches(), MISMATCHES)) {
                json.writeStartObject();
                text(json, "privilege", mismatch.privilege(), WORD);
                text(json, "identity", mismatch.identity(), WORD);
                text(json, "selector", mismatch.selector(), WORD);
                text(json, "expected", mismatch.expected(), WORD);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        Optional<Proposal> proposal = explanation.remedy().proposal();
        if (proposal.isPresent()) {
            json.writeFieldName("proposal");
            json.writeRawValue(ProposalText.of(holdsSecret(target) ? SECRET : proposal.get(), JSON, PROPOSAL));
        }
    }

    private static void notice(JsonGenerator json, NoticeEvent event) throws IOException {
        text(json, "notice", event.name(), WORD);
        json.writeStringField("timestamp", LogText.timestamp(event.time()));
        json.writeStringField("level", event.level().name());
        text(json, "module", event.module(), WORD);
        redacted(json, "message", event.message(), MESSAGE);
    }

    /** {@code allow}, {@code allow-audited}, {@code deny}, or {@code none} when the request did not get as far as a decision. */
    private static String verdict(AuditEvent event) {
        if (event.explanation().isEmpty()) {
            return "none";
        }
        Stage stage = event.explanation().get().stage();
        boolean forwarded = event.endorsement() != AuditEvent.EndorsementKind.NONE;
        if (event.failedAuthorization()) {
            return !forwarded && event.status() == 403 ? "deny" : "allow-audited";
        }
        return !forwarded && (stage == Stage.METHOD || stage == Stage.TRAVERSAL) ? "deny" : "allow";
    }

    private static void optional(JsonGenerator json, String name, Optional<String> value, int limit) throws IOException {
        if (value.isPresent()) {
            text(json, name, value.get(), limit);
        }
    }

    /** Redacted before it is cut: half a secret would not be known for one (telemetry.md Q2). */
    private static void redacted(JsonGenerator json, String name, String value, int limit) throws IOException {
        text(json, name, Secrets.redact(value), limit);
    }

    private static boolean holdsSecret(String text) {
        return !Secrets.redact(text).equals(text);
    }

    private static void text(JsonGenerator json, String name, String value, int limit) throws IOException {
        json.writeStringField(name, JsonText.bounded(value, limit));
    }

    private static <T> List<T> first(List<T> list, int limit) {
        return list.size() <= limit ? list : list.subList(0, limit);
    }
}
