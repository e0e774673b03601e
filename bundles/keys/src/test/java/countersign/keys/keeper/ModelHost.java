package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.host.HostResponse;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.request.HeaderField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A host in memory that follows the key life cycle of host-endpoints.md section 2 and can be told to misbehave once. Written from the spec,
 * not from the agent.
 */
final class ModelHost implements HostClient {
    /** A guid and the key, once as digits and once ready to compare. */
    record Issued(String guid, String hex, SigningKey key) {
        static Issued of(String guid, String hex) {
            return new Issued(guid, hex,
                    SigningKey.takeHex(new KeyDescription(guid, OptionalLong.of(1), "now"), hex.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** The documents the host can serve, with what they mean. */
    enum Document {
        OFF("\"secureChannelEnabled\":false,\"version\":\"2.0\"", false, "disabled", EndpointMode.DISABLED, EndpointMode.DISABLED),
        ENFORCE(items("enforce", "enforce", "a"), true, "WireServer Enforce -  IMDS Enforce - HostGA Enforce", EndpointMode.ENFORCE, EndpointMode.ENFORCE),
        AUDIT(items("audit", "audit", "a"), true, "WireServer Audit -  IMDS Audit - HostGA Audit", EndpointMode.AUDIT, EndpointMode.AUDIT),
        MIXED(items("enforce", "disabled", "b"), true, "WireServer Enforce -  IMDS Disabled - HostGA Enforce", EndpointMode.ENFORCE, EndpointMode.DISABLED),
        OFF_WITH_MODES(items("enforce", "audit", "b").replace("true", "false"), false, "disabled", EndpointMode.ENFORCE, EndpointMode.AUDIT),
        WIRESERVER("\"secureChannelState\":\"Wireserver\",\"version\":\"1.0\"", true, "wireserver", EndpointMode.ENFORCE, EndpointMode.AUDIT);

        final String members;
        final boolean on;
        final String state;
        final Map<Endpoint, EndpointMode> modes;

        Document(String members, boolean on, String state, EndpointMode wireserver, EndpointMode imds) {
            this.members = members;
            this.on = on;
            this.state = state;
            this.modes = Map.of(Endpoint.WIRESERVER, wireserver, Endpoint.HOSTGA, wireserver, Endpoint.IMDS, imds);
        }

        /** The mode in the rules of IMDS, if it has any. */
        Optional<String> imdsItem() {
            return members.contains("\"imds\"") ? Optional.of(modes.get(Endpoint.IMDS).label().toLowerCase(Locale.ROOT)) : Optional.empty();
        }

        private static String items(String wireserver, String imds, String id) {
            return "\"secureChannelEnabled\":true,\"version\":\"2.0\",\"authorizationRules\":{"
                    + "\"wireserver\":{\"defaultAccess\":\"allow\",\"mode\":\"" + wireserver + "\",\"id\":\"" + id + "\"},"
                    + "\"imds\":{\"defaultAccess\":\"allow\",\"mode\":\"" + imds + "\",\"id\":\"" + id + "\"}}";
        }
    }

    enum StatusFault { NONE, UNREACHABLE, STATUS_500, GARBAGE, XML, UTF_32, OTHER_SCHEME, VTPM, VERSION_3, BAD_GUID, BAD_MODE, EMPTY }

    enum KeyFault { NONE, UNREACHABLE, STATUS_404, STATUS_201, GARBAGE, BAD_GUID, SHORT_KEY, NO_HEX, OTHER_SCHEME, XML, OTHER_KEY_FOR_LATCHED }

    enum AttestFault { NONE, UNREACHABLE, REFUSED, ANSWER_LOST, STATUS_202 }

    /** Told of each request before it is answered. */
    interface Observer {
        void request(HostRequest request);
    }

    private final Observer observer;
    private final List<Issued> accepted = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();
    private int serial;
    private Issued issued;
    private String named;
    private Document document = Document.ENFORCE;
    private StatusFault statusFault = StatusFault.NONE;
    private KeyFault keyFault = KeyFault.NONE;
    private AttestFault attestFault = AttestFault.NONE;
    private boolean lastStatusGood;
    private Document lastGoodDocument;
    private String lastGoodNamed;

    ModelHost(Observer observer) {
        this.observer = observer;
    }

    void serve(Document next) {
        document = next;
    }

    void fault(StatusFault fault) {
        statusFault = fault;
    }

    void fault(KeyFault fault) {
        keyFault = fault;
    }

    void fault(AttestFault fault) {
        attestFault = fault;
    }

    void heal() {
        statusFault = StatusFault.NONE;
        keyFault = KeyFault.NONE;
        attestFault = AttestFault.NONE;
    }

    /** Names a key the agent lacks; the next key request hands it out. */
    void rotate() {
        issued = fresh();
        named = issued.guid;
    }

    /** Takes another key for latched, as if the agent had been another machine before. */
    void forget() {
        issued = null;
        named = null;
    }

    Document document() {
        return document;
    }

    boolean lastStatusGood() {
        return lastStatusGood;
    }

    Document lastGoodDocument() {
        return lastGoodDocument;
    }

    /** The guid in the last good status, or {@code null}. */
    String lastGoodNamed() {
        return lastGoodNamed;
    }

    String named() {
        return named;
    }

    boolean accepts(SigningKey key) {
        return accepted.stream().anyMatch(one -> one.key().sameKeyAs(key));
    }

    /** Every key the host would recognise. */
    List<SigningKey> knownKeys() {
        List<Issued> known = new ArrayList<>(accepted);
        if (issued != null) {
            known.add(issued);
        }
        return known.stream().map(Issued::key).toList();
    }

    /** Every key text the host has ever made up, sent or not. */
    List<String> secrets() {
        return List.copyOf(secrets);
    }

    @Override
    public HostResponse send(HostRequest request) throws IOException {
        observer.request(request);
        if (request.method().equals("GET") && request.target().equals("/secure-channel/status") && request.signing() instanceof Signing.None) {
            return status();
        }
        if (request.method().equals("POST") && request.target().equals("/secure-channel/key") && request.signing() instanceof Signing.None) {
            return key(request);
        }
        if (request.signing() instanceof Signing.With with && request.target().equals("/secure-channel/key/" + with.key().guid() + "/key-attestation")) {
            return attest(with.key());
        }
        throw new AssertionError("unexpected request " + request.method() + " " + request.target() + " " + request.signing());
    }

    private HostResponse status() throws IOException {
        StatusFault fault = statusFault;
        statusFault = StatusFault.NONE;
        // With the channel off the guid is not looked at.
        lastStatusGood = fault == StatusFault.NONE || fault == StatusFault.BAD_GUID && !document.on || fault == StatusFault.BAD_MODE && !document.members.contains("mode");
        if (lastStatusGood) {
            lastGoodDocument = document;
            lastGoodNamed = named;
        }
        String guid = fault == StatusFault.BAD_GUID ? "\"../../etc/passwd\"" : named == null ? "null" : "\"" + named + "\"";
        String json = "{\"authorizationScheme\":\"" + (fault == StatusFault.OTHER_SCHEME ? "Basic" : "Azure-HMAC-SHA256")
                + "\",\"keyDeliveryMethod\":\"" + (fault == StatusFault.VTPM ? "vtpm" : "http") + "\",\"keyGuid\":" + guid + "," + document.members + "}";
        return switch (fault) {
            case UNREACHABLE -> throw new IOException("unreachable");
            case STATUS_500 -> answer(500, "application/json", json);
            case GARBAGE -> answer(200, "application/json", json.substring(0, json.length() - 7));
            case EMPTY -> answer(200, "application/json", "");
            case XML -> answer(200, "text/xml", json);
            case UTF_32 -> answer(200, "application/json; charset=utf-32", json);
            case VERSION_3 -> answer(200, "application/json", json.replace("\"1.0\"", "\"3.0\"").replace("\"2.0\"", "\"3.0\""));
            case BAD_MODE -> answer(200, "application/json", json.replace("\"mode\":\"", "\"mode\":\"un"));
            default -> answer(200, "application/json; charset=utf-8", json);
        };
    }

    private HostResponse key(HostRequest request) throws IOException {
        KeyFault fault = keyFault;
        keyFault = KeyFault.NONE;
        if (fault == KeyFault.UNREACHABLE) {
            throw new IOException("unreachable");
        }
        if (!new String(request.body(), StandardCharsets.US_ASCII).equals("{\"authorizationScheme\": \"Azure-HMAC-SHA256\"}")) {
            throw new AssertionError("unexpected body of a key request");
        }
        if (issued == null) {
            issued = fresh();
        }
        boolean other = fault == KeyFault.OTHER_KEY_FOR_LATCHED && named != null;
        Issued sent = other ? Issued.of(named, fresh().hex) : issued;
        String hex = fault == KeyFault.SHORT_KEY ? sent.hex.substring(2) : fault == KeyFault.NO_HEX ? "x" + sent.hex.substring(1) : sent.hex;
        String json = "{\"authorizationScheme\":\"" + (fault == KeyFault.OTHER_SCHEME ? "Basic" : "Azure-HMAC-SHA256") + "\",\"guid\":\""
                + (fault == KeyFault.BAD_GUID ? "../" + sent.guid.substring(3) : sent.guid) + "\",\"incarnationId\":1,\"issued\":\"now\",\"key\":\"" + hex + "\"}";
        int status = fault == KeyFault.STATUS_404 ? 404 : fault == KeyFault.STATUS_201 ? 201 : 200;
        return answer(status, fault == KeyFault.XML ? "text/xml" : "application/json", fault == KeyFault.GARBAGE ? json + "}" : json);
    }

    private HostResponse attest(SigningKey key) throws IOException {
        AttestFault fault = attestFault;
        attestFault = AttestFault.NONE;
        if (fault == AttestFault.UNREACHABLE) {
            throw new IOException("unreachable");
        }
        boolean ours = issued != null && issued.key().sameKeyAs(key) || accepts(key);
        if (!ours || fault == AttestFault.REFUSED || fault == AttestFault.STATUS_202) {
            return answer(fault == AttestFault.STATUS_202 ? 202 : 403, "text/plain", "");
        }
        if (issued != null && issued.key().sameKeyAs(key)) {
            accepted.add(issued);
            issued = null;
        }
        named = key.guid();
        if (fault == AttestFault.ANSWER_LOST) {
            throw new IOException("connection reset");
        }
        return answer(200, "text/plain", "ignored");
    }

    private Issued fresh() {
        serial++;
        StringBuilder hex = new StringBuilder();
        for (long part = 1; part <= 4; part++) {
            // Numbers that look random and differ in every part, so that finding a few bytes of them means finding the key.
            hex.append(digits((serial * 4L + part) * 0x9E3779B97F4A7C15L, 16));
        }
        secrets.add(hex.toString());
        return Issued.of(digits(serial, 8).toLowerCase(Locale.ROOT) + "-0000-4000-8000-00000000000a", hex.toString());
    }

    private static String digits(long number, int digits) {
        return HexFormat.of().withUpperCase().toHexDigits(number, digits);
    }

    private static HostResponse answer(int status, String type, String body) {
        return new HostResponse(status, List.of(new HeaderField("content-type", type)), body.getBytes(StandardCharsets.UTF_8));
    }
}
