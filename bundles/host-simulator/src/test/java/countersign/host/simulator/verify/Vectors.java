package countersign.host.simulator.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.HostKey;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.RawRequest;
import countersign.host.simulator.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;

/** The published signing vectors. */
final class Vectors {
    static final Instant DATE = Instant.parse("2025-01-14T09:08:07Z");
    static final JsonNode ALL = read();

    private Vectors() {}

    /** One signed request, with the authorization header an agent would have put in place of any other. */
    record Vector(String id, String method, String target, List<Header> headers, byte[] body, HostKey key, byte[] canonical) {
        Request request() {
            return RawRequest.read(method, target, headers, body);
        }

        Vector withTarget(String other) {
            return new Vector(id, method, other, headers, body, key, canonical);
        }

        Vector withMethod(String other) {
            return new Vector(id, other, target, headers, body, key, canonical);
        }

        Vector withBody(byte[] other) {
            return new Vector(id, method, target, headers, other, key, canonical);
        }

        Vector withHeaders(UnaryOperator<List<Header>> change) {
            return new Vector(id, method, target, change.apply(new ArrayList<>(headers)), body, key, canonical);
        }

        /** With another value in every field of that name. */
        Vector withHeader(String name, UnaryOperator<String> change) {
            return withHeaders(all -> all.stream().map(h -> h.is(name) ? new Header(h.name(), change.apply(h.value())) : h).toList());
        }

        String header(String name) {
            return headers.stream().filter(h -> h.is(name)).findFirst().orElseThrow().value();
        }

        @Override
        public String toString() {
            return id;
        }
    }

    static List<Vector> signed() {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode v : ALL.get("vectors")) {
            List<Header> headers = new ArrayList<>();
            for (JsonNode h : v.get("headers")) {
                Header header = new Header(h.get(0).asText(), h.get(1).asText());
                if (!header.is(CanonicalString.AUTHORIZATION)) {
                    headers.add(header);
                }
            }
            headers.add(new Header(CanonicalString.AUTHORIZATION, v.get("authorization").asText()));
            HexFormat hex = HexFormat.of();
            vectors.add(new Vector(v.get("id").asText(), v.get("method").asText(), v.get("target").asText(), headers,
                    hex.parseHex(v.get("bodyHex").asText()), HostKey.of(v.get("keyGuid").asText(), 1, DATE, v.get("keyHex").asText()),
                    hex.parseHex(v.get("canonicalHex").asText())));
        }
        return vectors;
    }

    static HostClock clock() {
        return new HostClock(Clock.fixed(DATE, ZoneOffset.UTC));
    }

    /** What a check at the vectors' date says, with only the vector's key valid. */
    static Reason check(Vector vector) {
        return new SignatureCheck(clock()).check(vector.request(), guid -> guid.equals(vector.key().guid()) ? vector.key() : null);
    }

    private static JsonNode read() {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/signing.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
