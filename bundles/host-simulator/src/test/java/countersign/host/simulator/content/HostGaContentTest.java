package countersign.host.simulator.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostGaContentTest {
    private static final String STORAGE = "http://192.0.2.1/storage";

    private final Storage storage = new Storage("192.0.2.1");
    private final HostGaContent content = new HostGaContent(storage);

    @Test
    void settings_agreeWithTheExtensionsConfig() throws IOException {
        JsonNode settings = new ObjectMapper().readTree(content.answer(get("/vmSettings")).body());
        String config = storage.document("extensions-config.xml");
        JsonNode extension = settings.path("extensionGoalStates").path(0);
        for (String text : List.of(settings.path("activityId").asText(), settings.path("correlationId").asText(),
                settings.path("extensionsLastModifiedTickCount").asText(), ">" + STORAGE + "/status<",
                "name=\"" + extension.path("name").asText() + "\" version=\"" + extension.path("version").asText() + "\"",
                "location=\"" + extension.path("location").asText() + "\" state=\"" + extension.path("state").asText() + "\"",
                "\"publicSettings\":" + extension.path("settings").path(0).path("publicSettings").asText())) {
            assertTrue(config.contains(text), text);
        }
        assertEquals(STORAGE + "/status", settings.path("statusUploadBlob").path("value").asText());
    }

    @Test
    void settingsThatTheClientHas_areNotSentAgain() {
        Response known = content.answer(get("/vmSettings", new Header("If-None-Match", "1")));
        assertEquals(304, known.status());
        assertEquals(0, known.body().length);
        assertEquals(200, content.answer(get("/vmSettings", new Header("If-None-Match", "2"))).status());
    }

    @Test
    void extension_isFoundFromItsManifest() throws IOException {
        String manifest = new String(artifact("/greeter-manifest.xml").body(), StandardCharsets.UTF_8);
        assertTrue(manifest.contains("<Uri>" + STORAGE + "/greeter.zip</Uri>"), manifest);
        List<String> names = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(artifact("/greeter.zip").body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        assertEquals(List.of("HandlerManifest.json", "greet"), names);
    }

    @Test
    void uploadedStatus_canBeFetched() {
        assertEquals(404, artifact("/status").status());
        assertEquals(200, put("{\"requestUri\":\"" + STORAGE + "/status\",\"headers\":[],\"content\":\"e30=\"}").status());
        assertEquals("{}", new String(artifact("/status").body(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "[]", "{\"requestUri\":\"" + STORAGE + "/status\"}",
        "{\"requestUri\":\"" + STORAGE + "/status\",\"content\":\"!\"}", "{\"requestUri\":\"" + STORAGE + "/greeter.zip\",\"content\":\"e30=\"}"})
    void otherUpload_isTakenAndForgotten(String upload) {
        assertEquals(200, put(upload).status());
        assertEquals(404, artifact("/status").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://192.0.2.2/storage/greeter.zip", STORAGE, STORAGE + "/nothing"})
    void artifactElsewhere_isNotFound(String location) {
        assertEquals(404, content.answer(get("/extensionArtifact", new Header("x-ms-artifact-location", location))).status());
    }

    @Test
    void artifactWithoutLocation_is400() {
        assertEquals(400, content.answer(get("/extensionArtifact")).status());
    }

    private Response artifact(String blob) {
        return content.answer(get("/extensionArtifact", new Header("x-ms-artifact-location", STORAGE + blob)));
    }

    private Response put(String body) {
        return content.answer(new Request("PUT", "/status", false, List.of(), Body.of(body.getBytes(StandardCharsets.UTF_8))));
    }

    private static Request get(String target, Header... headers) {
        return new Request("GET", target, false, List.of(headers), Body.EMPTY);
    }
}
