package countersign.telemetry.host;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An event file's content: one JSON array of event records (telemetry.md section 3.1). */
final class EventJson {
    private static final List<String> MEMBERS =
            List.of("EventLevel", "Message", "Version", "TaskName", "EventPid", "EventTid", "OperationId", "TimeStamp");
    /** Writes characters as they are, where it may: escaped ones take three times the bytes. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(2 * MessageText.LIMIT).maxNameLength(256).build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private EventJson() {}

    static void write(List<GenericEvent> events, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartArray();
            for (GenericEvent event : events) {
                String[] values = {event.eventLevel(), event.message(), event.version(), event.taskName(), event.eventPid(), event.eventTid(),
                    event.operationId(), event.timeStamp()};
                json.writeStartObject();
                for (int i = 0; i < values.length; i++) {
                    json.writeStringField(MEMBERS.get(i), XmlText.legal(values[i])); // half characters have no UTF-8
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    /**
     * Reads events of this agent or of the reference, whose files are not redacted: messages are made again what they have to be.
     *
     * @param most a longer array is refused
     * @throws IOException when it is no such array; the message quotes nothing of it
     */
    static List<GenericEvent> read(InputStream in, int most) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            return events(json, most);
        } catch (JsonProcessingException e) {
            throw new IOException("expected JSON within its limits, got something else at line " + e.getLocation().getLineNr());
        }
    }

    private static List<GenericEvent> events(JsonParser json, int most) throws IOException {
        List<GenericEvent> events = new ArrayList<>();
        expect(json.nextToken() == JsonToken.START_ARRAY, "an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(events.size() < most, "at most " + most + " events");
            expect(json.currentToken() == JsonToken.START_OBJECT, "objects in the array");
            events.add(event(json));
        }
        expect(json.nextToken() == null, "nothing after the array");
        return events;
    }

    private static GenericEvent event(JsonParser json) throws IOException {
        String[] values = new String[MEMBERS.size()];
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            int member = MEMBERS.indexOf(json.currentName());
            JsonToken value = json.nextToken();
            if (member < 0) {
                json.skipChildren();
            } else {
                expect(value == JsonToken.VALUE_STRING, "a string as " + MEMBERS.get(member));
                values[member] = json.getText();
            }
        }
        int missing = Arrays.asList(values).indexOf(null);
        expect(missing < 0, "the member " + (missing < 0 ? "" : MEMBERS.get(missing)));
        return new GenericEvent(values[0], MessageText.of(values[1]), values[2], values[3], values[4], values[5], values[6], values[7]);
    }

    private static void expect(boolean met, String expected) throws IOException {
        if (!met) {
            throw new IOException("expected " + expected + ", got something else");
        }
    }
}
