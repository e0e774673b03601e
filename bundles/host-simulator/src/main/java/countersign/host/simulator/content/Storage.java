package countersign.host.simulator.content;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.host.simulator.http.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The blobs that the goal state names: one extension, and the place for the guest's status. Guests reach them only through
 * HostGAPlugin. Safe for concurrent use.
 */
public final class Storage {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] EXTENSION = {"HandlerManifest.json", "greet"};

    private final String address;
    private final byte[] manifest;
    private final byte[] extension;
    private final AtomicReference<byte[]> status = new AtomicReference<>();

    /** @param authority what stands for the storage account; it names WireServer, which has no such documents and says so at once */
    public Storage(String authority) {
        address = "http://" + authority + "/storage";
        manifest = document("greeter-manifest.xml").getBytes(StandardCharsets.UTF_8);
        extension = zip();
    }

    /** A built-in document with this storage's address in it. */
    String document(String name) {
        return Content.resource(name).replace("{storage}", address);
    }

    /** The blob at an address, if there is one. */
    Optional<byte[]> get(String blob) {
        if (!blob.startsWith(address)) {
            return Optional.empty();
        }
        return switch (blob.substring(address.length())) {
            case "/greeter-manifest.xml" -> Optional.of(manifest);
            case "/greeter.zip" -> Optional.of(extension);
            case "/status" -> Optional.ofNullable(status.get());
            default -> Optional.empty();
        };
    }

    /** Keeps the content of an upload for the status blob, {@code {"requestUri":"…","content":"base64"}}; forgets any other. */
    void put(Body upload) {
        if (upload.kept() == null) {
            return;
        }
        try {
            JsonNode json = JSON.readTree(upload.kept());
            if (json.path("requestUri").asText().equals(address + "/status") && json.path("content").isTextual()) {
                status.set(Base64.getDecoder().decode(json.path("content").asText()));
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // HostGAPlugin takes anything; what is no status is nobody's.
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : EXTENSION) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(Content.resource("greeter/" + name).getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
