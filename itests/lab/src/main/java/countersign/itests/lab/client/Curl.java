package countersign.itests.lab.client;

import countersign.itests.lab.Place;
import countersign.itests.lab.Shell;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The client everybody knows. */
public final class Curl {
    private Curl() {}

    /**
     * Gets a URL.
     *
     * @param fields header fields as {@code Name: value}
     * @throws IOException if there was no answer; the message holds curl's own
     */
    public static Answer get(Place place, String url, String... fields) throws IOException {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--include", "--max-time", "10", "--noproxy", "*"));
        for (String field : fields) {
            command.addAll(List.of("--header", field));
        }
        command.add(url);
        Shell.Result result = Shell.attempt(place.command(command));
        if (result.exit() != 0) {
            throw new IOException(result.output().strip());
        }
        byte[] output = result.output().getBytes(StandardCharsets.ISO_8859_1);
        return new AnswerReader(new ByteArrayInputStream(output)).read(false);
    }
}
