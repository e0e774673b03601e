package countersign.itests.wiring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers that never pause: each asks for one allowed and one forbidden path in turn and compares the answers with what policy says. */
final class Load implements AutoCloseable {
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicInteger answered = new AtomicInteger();
    private final Map<String, AtomicInteger> surprises = new ConcurrentSkipListMap<>();
    private final List<Thread> callers = new ArrayList<>();

    Load(int threads, String allowed, String forbidden) {
        for (int i = 0; i < threads; i++) {
            Thread caller = new Thread(() -> call(allowed, forbidden), "load-" + i);
            caller.start();
            callers.add(caller);
        }
    }

    /** Answers so far that were as policy says. */
    int answered() {
        return answered.get();
    }

    /** What was lost or misjudged, with its number; empty when all went well. */
    Map<String, AtomicInteger> surprises() {
        return surprises;
    }

    static int status(HttpClient http, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:3080" + path)).timeout(Duration.ofSeconds(60)).header("Metadata", "true").build();
        return http.send(request, BodyHandlers.discarding()).statusCode();
    }

    private void call(String allowed, String forbidden) {
        HttpClient http = HttpClient.newHttpClient();
        while (running.get()) {
            expect(http, allowed, 200);
            expect(http, forbidden, 403);
        }
    }

    private void expect(HttpClient http, String path, int status) {
        String surprise;
        try {
            int seen = status(http, path);
            if (seen == status) {
                answered.incrementAndGet();
                return;
            }
            surprise = path + " answered " + seen;
        } catch (IOException | InterruptedException e) {
            surprise = path + " failed: " + e;
        }
        surprises.computeIfAbsent(surprise, text -> new AtomicInteger()).incrementAndGet();
    }

    /** Lets every caller finish the call it is in. */
    void stop() {
        running.set(false);
        for (Thread caller : callers) {
            try {
                caller.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while callers finish", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
