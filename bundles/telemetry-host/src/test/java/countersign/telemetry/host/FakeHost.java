package countersign.telemetry.host;

import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Remembers what it was sent and answers as it is told; status 0 is a broken connection. */
final class FakeHost implements HostClient {
    final List<HostRequest> requests = new ArrayList<>();
    /** Status of the n-th request, from 1. */
    IntUnaryOperator status = number -> 200;

    @Override
    public HostResponse send(HostRequest request) throws IOException {
        requests.add(request);
        int answer = status.applyAsInt(requests.size());
        if (answer == 0) {
            throw new IOException("wireserver POST: Connection refused");
        }
        return new HostResponse(answer, List.of(), new byte[0]);
    }

    /** The task names in each document. */
    List<List<String>> taskNames() {
        return requests.stream().map(request -> {
            Matcher task = Pattern.compile("Name=\"TaskName\" Value=\"([^\"]*)\"").matcher(text(request));
            List<String> names = new ArrayList<>();
            while (task.find()) {
                names.add(task.group(1));
            }
            return names;
        }).toList();
    }

    static String text(HostRequest request) {
        return new String(request.body(), StandardCharsets.UTF_8);
    }
}
