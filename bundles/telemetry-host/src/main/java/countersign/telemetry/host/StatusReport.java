package countersign.telemetry.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import countersign.secrets.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What is told of the agent's status (telemetry.md section 6.2).
 *
 * @param success whether the overall status is {@code SUCCESS}
 * @param message the document's {@code proxyAgentStatus}, as it stands there, without secrets
 */
record StatusReport(boolean success, String message) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String MEMBER = "proxyAgentStatus";

    /** @throws IOException when the document is not the aggregate status */
    static StatusReport of(byte[] document) throws IOException {
        try (JsonParser json = JSON.createParser(document)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean found = json.currentName().equals(MEMBER);
                    if (json.nextToken() == JsonToken.START_OBJECT && found) {
                        return read(json, document);
                    }
                    json.skipChildren();
                }
            }
        }
        throw new IOException("status document: expected an object with the member " + MEMBER);
    }

    private static StatusReport read(JsonParser json, byte[] document) throws IOException {
        int from = (int) json.currentTokenLocation().getByteOffset();
        boolean success = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean overall = json.currentName().equals("status");
            json.nextToken();
            success |= overall && "SUCCESS".equals(json.getValueAsString());
            json.skipChildren();
        }
        int to = (int) json.currentLocation().getByteOffset();
        return new StatusReport(success, Secrets.redact(new String(document, from, to - from, StandardCharsets.UTF_8)));
    }
}
