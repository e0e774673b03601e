package countersign.host.simulator.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import countersign.host.simulator.channel.StatusDocument;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * The controls as JSON over HTTP; README.md of this module lists every request. A good request is answered with 200 and
 * JSON, a bad one with 400 and {@code {"error":"…"}} naming what was expected, an unknown one with 404.
 */
public final class ControlServer implements AutoCloseable {
    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_WAIT_MILLIS = 60_000;

    private final ObjectMapper json = new ObjectMapper();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "control");
        thread.setDaemon(true);
        return thread;
    });
    private final Controls controls;
    private final HttpServer server;

    /** Listens at once. */
    public ControlServer(InetSocketAddress address, Controls controls) throws IOException {
        this.controls = controls;
        this.server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** A request with its parts taken apart. */
    private record Call(String route, String last, Map<String, String> query, byte[] body) {
        int number(String name, int absent) {
            String text = query.get(name);
            if (text == null) {
                return absent;
            }
            try {
                return Integer.parseUnsignedInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " " + text + ": expected a whole number", e);
            }
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = 200;
            JsonNode answer;
            try {
                answer = answer(call(exchange));
                if (answer == null) {
                    status = 404;
                    answer = error(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()
                            + ": no such control; README.md of host-simulator lists them");
                }
            } catch (JsonProcessingException e) {
                status = 400;
                answer = error("body: " + e.getOriginalMessage());
            } catch (IllegalArgumentException e) {
                status = 400;
                answer = error(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                status = 503;
                answer = error("stopping");
            }
            byte[] bytes = (answer + "\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static Call call(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            throw new IllegalArgumentException("body: expected at most " + MAX_BODY + " bytes");
        }
        String path = exchange.getRequestURI().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        boolean numbered = path.startsWith("/faults/") && last.matches("[0-9]{1,9}");
        String route = exchange.getRequestMethod() + " " + (numbered ? "/faults/N" : path);
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            query.put(equals < 0 ? pair : pair.substring(0, equals),
                    equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return new Call(route, last, query, body);
    }

    /** {@code null} for an unknown request. */
    private JsonNode answer(Call call) throws JsonProcessingException, InterruptedException {
        return switch (call.route()) {
            case "GET /state" -> controls.state();
            case "PUT /status-document" -> serve(call);
            case "POST /disable" -> then(controls::disable);
            case "POST /enable" -> then(controls::enable);
            case "POST /rotate" -> json.createObjectNode().put("guid", controls.rotate());
            case "GET /keys" -> controls.keyState("true".equals(call.query().get("text")));
            case "PUT /keys" -> install(call);
            case "DELETE /keys" -> then(controls.keys()::forget);
            case "GET /clock" -> controls.clockState();
            case "PUT /clock" -> {
                controls.setClock(object(call));
                yield controls.clockState();
            }
            case "GET /faults" -> controls.faults().describe();
            case "GET /faults/presets" -> controls.faults().presets();
            case "POST /faults" -> addFault(call);
            case "DELETE /faults" -> then(controls.faults()::clear);
            case "DELETE /faults/N" -> controls.faults().remove(Integer.parseInt(call.last())) ? controls.faults().describe() : null;
            case "GET /journal" -> journal(call);
            case "DELETE /journal" -> then(controls.journal()::clear);
            case "PUT /journal" -> resize(call);
            case "GET /counters" -> controls.counters();
            case "GET /telemetry" -> controls.telemetry().toJson();
            case "POST /reset" -> then(controls::reset);
            default -> null;
        };
    }

    private JsonNode serve(Call call) {
        String preset = call.query().get("preset");
        controls.serve(preset == null ? StatusDocument.parse(call.body()) : StatusDocument.preset(preset));
        return controls.state();
    }

    private JsonNode install(Call call) throws JsonProcessingException {
        ObjectNode key = object(call);
        controls.keys().install(key.path("guid").asText(), key.path("key").asText());
        return controls.keyState(false);
    }

    private JsonNode addFault(Call call) throws JsonProcessingException {
        ObjectNode document = call.body().length == 0 ? json.createObjectNode() : object(call);
        if (call.query().containsKey("count")) {
            document.put("count", call.number("count", 0));
        }
        return controls.faults().add(call.query().get("preset"), document).describe();
    }

    private JsonNode resize(Call call) throws JsonProcessingException {
        JsonNode capacity = object(call).path("capacity");
        if (!capacity.isInt()) {
            throw new IllegalArgumentException("capacity: expected a whole number");
        }
        controls.journal().resize(capacity.intValue());
        return json.createObjectNode().put("capacity", controls.journal().capacity());
    }

    private JsonNode journal(Call call) throws InterruptedException {
        Set<String> known = Set.of("after", "limit", "wait", "service", "method", "path", "reason", "verdict");
        call.query().keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("query parameter " + name + ": expected one of " + known.stream().sorted().toList());
        });
        int wait = Math.min(call.number("wait", 0), MAX_WAIT_MILLIS);
        Journal.Page page = controls.journal().query(call.number("after", 0), call.number("limit", Integer.MAX_VALUE), wait, wanted(call.query()));
        ObjectNode answer = json.createObjectNode().put("last", page.last()).put("dropped", page.dropped());
        ArrayNode entries = answer.putArray("entries");
        page.entries().forEach(entry -> entries.add(entry.toJson()));
        return answer;
    }

    private static Predicate<JournalEntry> wanted(Map<String, String> query) {
        return entry -> query.getOrDefault("service", entry.service().text()).equals(entry.service().text())
                && query.getOrDefault("method", entry.request().method()).equals(entry.request().method())
                && query.getOrDefault("path", entry.request().path()).equals(entry.request().path())
                && query.getOrDefault("reason", entry.reason()).equals(entry.reason())
                && query.getOrDefault("verdict", entry.verdict()).equals(entry.verdict());
    }

    private JsonNode then(Runnable change) {
        change.run();
        return controls.state();
    }

    private ObjectNode object(Call call) throws JsonProcessingException {
        if (json.readTree(new String(call.body(), StandardCharsets.UTF_8)) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("body: expected a JSON object");
    }

    private ObjectNode error(String text) {
        return json.createObjectNode().put("error", text);
    }
}
