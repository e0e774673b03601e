package countersign.proxy.jetty;

import countersign.attribution.Attribution;
import countersign.attribution.AttributionOutcome;
import countersign.attribution.Caller;
import countersign.authorization.AccessRequest;
import countersign.authorization.Authorizer;
import countersign.authorization.Decision;
import countersign.authorization.Explanation;
import countersign.authorization.PolicySnapshot;
import countersign.authorization.Remedy;
import countersign.authorization.Stage;
import countersign.endorsement.Endorser;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.hmac.RealEndorser;
import countersign.keys.ChannelState;
import countersign.keys.KeyDescription;
import countersign.keys.SigningKey;
import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import countersign.status.StatusDocument;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The listener with a real endorser, played services around it and a raw host behind it. */
final class Rig implements AutoCloseable {
    static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    static final String KEY = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";
    static final String DATE = "Tue, 14 Jan 2025 09:08:07 GMT";

    /** No machine is so slow that a test meets these bounds. */
    static final Limits PATIENT = limits(Limits.STANDARD.connections(), Limits.STANDARD.memory());

    /** Little room, in all the time there is. */
    static final Limits SMALL = limits(8, 512 << 10);

    private static final long PATIENCE_SECONDS = 30;

    /** The times among the limits. */
    enum Time {
        HEAD,
        BODY,
        IDLE,
        CONNECT,
        ANSWER,
        ABSENCE,
        LINGER,
        POOL
    }

    // Kept, or the level would be forgotten with the logger.
    private static final java.util.logging.Logger JETTY = java.util.logging.Logger.getLogger("org.eclipse.jetty");

    static {
        JETTY.setLevel(java.util.logging.Level.WARNING);
    }

    final RawService service = new RawService();
    final Services services = new Services();
    final BlockingQueue<AuditEvent> audits = new LinkedBlockingQueue<>();
    final List<AccessRequest> judged = new CopyOnWriteArrayList<>();
    final AtomicInteger attributions = new AtomicInteger();
    final List<String> provisionQueries = new CopyOnWriteArrayList<>();

    volatile Endpoint endpoint = Endpoint.IMDS;
    volatile Caller caller = caller(1000, false);
    volatile Function<InetSocketAddress, AttributionOutcome> attributing =
            client -> new AttributionOutcome.Attributed(endpoint, caller);
    volatile Function<AccessRequest, Decision> deciding = request -> new Decision.Allow(explanation(Stage.NO_RULES));
    volatile ChannelState channel = new ChannelState(Optional.of(key()), true, true, Map.of(Endpoint.IMDS, EndpointMode.ENFORCE));
    volatile Settings settings = Settings.STANDARD;
    volatile ProvisionReport provisioned = new ProvisionReport(true, "");

    final Attribution attribution = (client, listener) -> {
        try {
            return attributing.apply(client);
        } finally {
            attributions.incrementAndGet();
        }
    };
    final Authorizer authorizer = () -> new PolicySnapshot() {
        @Override
        public long epoch() {
            return 7;
        }

        @Override
        public Decision decide(AccessRequest request) {
            judged.add(request);
            return deciding.apply(request);
        }
    };
    final Endorser endorser = RealEndorser.with(() -> channel, () -> DATE);
    final Telemetry telemetry = event -> audits.add((AuditEvent) event);
    final StatusDocument status = () -> "{\"status\":1}".getBytes(StandardCharsets.US_ASCII);
    final Provisioning provisioning = new Provisioning() {
        @Override
        public void ready(ProvisionFlag flag) {}

        @Override
        public void notReady(ProvisionFlag flag, String message) {}

        @Override
        public ProvisionReport query(String tick, boolean notify) {
            provisionQueries.add(tick + "/" + notify);
            return provisioned;
        }
    };

    private final Listener listener;

    Rig() throws IOException {
        this(PATIENT);
    }

    Rig(Limits limits) throws IOException {
        this(limits, null);
    }

    /** @param host where the endpoints are said to be; null for the raw service */
    Rig(Limits limits, InetSocketAddress host) throws IOException {
        services.attribution.bind(attribution);
        services.authorizer.bind(authorizer);
        services.endorser.bind(endorser);
        services.telemetry.bind(telemetry);
        services.provisioning.bind(provisioning);
        services.status.bind(status);
        listener = new Listener(new InetSocketAddress("127.0.0.1", 0), services, limits, () -> settings, e -> host == null ? service.address() : host);
        listener.open();
    }

    /**
     * The limits that a test meets, and no others.
     *
     * @param brief the times that shall pass while the test waits
     */
    static Limits brief(Time... brief) {
        return limits(Limits.STANDARD.connections(), Limits.STANDARD.memory(), brief);
    }

    private static Limits limits(int connections, long memory, Time... brief) {
        Duration[] times = new Duration[Time.values().length];
        Arrays.fill(times, Duration.ofMinutes(10));
        for (Time time : brief) {
            times[time.ordinal()] = Duration.ofMillis(300);
        }
        return new Limits(times[0], times[1], times[2], times[3], times[4], times[5], times[6], times[7], connections, Limits.STANDARD.headBytes(), memory);
    }

    RawClient client() throws IOException {
        return new RawClient(listener.address());
    }

    InetSocketAddress address() {
        return listener.address();
    }

    Listener listener() {
        return listener;
    }

    long count(Refusal refusal) {
        return listener.count(refusal);
    }

    long count(Counters.Event event) {
        return listener.count(event);
    }

    /** The next audit event, which comes with or soon after the answer. */
    AuditEvent audit() throws InterruptedException {
        AuditEvent event = audits.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no audit event");
        }
        return event;
    }

    /** A client can have its answer a moment before the connection to the host is free for the next request. */
    void awaitKept() throws InterruptedException {
        await("the connection kept", () -> listener.kept(endpoint) == 1);
    }

    static void await(String what, java.util.function.BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not reached: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    static Caller caller(long uid, boolean elevated) {
        return new Caller(uid, Optional.of("alice"), List.of("users"), 4711, 12345, Optional.of("/usr/bin/probe"), Optional.of("probe"), elevated);
    }

    static Explanation explanation(Stage stage) {
        return explanation(stage, Remedy.NONE);
    }

    static Explanation explanation(Stage stage, Remedy remedy) {
        return new Explanation("d-1", stage, 7, "imds", "rules-1", "/metadata/instance", Optional.empty(), Optional.empty(), List.of(), remedy);
    }

    static SigningKey key() {
        return SigningKey.takeHex(new KeyDescription(GUID, OptionalLong.empty(), ""), KEY.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        listener.close();
        service.close();
    }
}
