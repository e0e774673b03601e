package countersign.keys.keeper;

import countersign.endorsement.Endorsement;
import countersign.endorsement.Endorser;
import countersign.endpoint.Endpoint;
import countersign.endpoint.EndpointMode;
import countersign.hmac.RealEndorser;
import countersign.host.HostRequest;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import countersign.keys.ChannelState;
import countersign.keys.SigningKey;
import countersign.keys.keeper.document.KeyStatus;
import countersign.lease.Lease;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A host, a vault, an interceptor, an operator and one secure channel between them, with the laws that must hold after every event. A law that
 * does not hold throws {@link Violation}.
 */
final class ModelWorld implements ChannelOutput {
    private static final long SECOND = 1_000_000_000L;
    private static final long INTERVAL = 15 * SECOND;
    private static final RequestHead REQUEST = new RequestHead("GET", "/a", List.of(new HeaderField("host", "a")));

    /** What can happen. The number chooses among variants. */
    enum Event { POLL, WAIT, NOTIFY, SERVE, STATUS_FAULT, KEY_FAULT, ATTEST_FAULT, VAULT_FAULT, ROTATE, FORGET, RESTART, CRASH, DELETE_KEYS, INTERCEPTOR_FAULT, NEW_INTERCEPTOR }

    record Action(Event event, int number) {
        @Override
        public String toString() {
            return event + "(" + number + ")";
        }
    }

    /** A law that does not hold. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String law) {
            super(law);
        }
    }

    /** The end of the process in the middle of something. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private final ModelVault vault;
    private final ModelHost host = new ModelHost(this::onRequest);
    private final Lease<Interceptor> interceptors = new Lease<>(Duration.ZERO);
    private ModelInterceptor interceptor = new ModelInterceptor();
    private long now;
    private long lastForcedPoll = -SECOND;
    private boolean forced;
    private int stepsToLive = -1;

    private SecureChannel channel;
    private Redirection redirection;
    private ChannelState ring;
    private RuleDocument rules;
    private ChannelReport report;
    private boolean latchReady;
    private ChannelState judged;
    private final Endorser endorser = RealEndorser.over(() -> ring, () -> "Tue, 14 Jan 2025 09:08:07 GMT");

    /** @param twist replaces the vault, so that the laws can be shown to notice a bad one */
    ModelWorld(UnaryOperator<ModelVault> twist) {
        vault = twist.apply(new ModelVault());
        interceptors.bind(interceptor);
        start();
    }

    void perform(Action action) {
        int number = action.number;
        switch (action.event) {
            case POLL -> pollWhenDue();
            case WAIT -> now += 1 + number * SECOND / 4;
            case NOTIFY -> notified();
            case SERVE -> host.serve(pick(ModelHost.Document.values(), number));
            case STATUS_FAULT -> host.fault(pick(ModelHost.StatusFault.values(), number));
            case KEY_FAULT -> host.fault(pick(ModelHost.KeyFault.values(), number));
            case ATTEST_FAULT -> host.fault(pick(ModelHost.AttestFault.values(), number));
            case VAULT_FAULT -> vault.fault = pick(ModelVault.Fault.values(), number);
            case ROTATE -> host.rotate();
            case FORGET -> host.forget();
            case RESTART -> start();
            case CRASH -> crash(1 + number % 12);
            case DELETE_KEYS -> {
                vault.attested.clear();
                vault.pending.clear();
            }
            case INTERCEPTOR_FAULT -> interceptor.failures = 1 + number % 4;
            case NEW_INTERCEPTOR -> replaceInterceptor();
        }
        lawOfAttestedKeys();
    }

    /** The host, the disk and the kernel are well again: two polls must put everything in accord. */
    void converge() {
        host.heal();
        vault.fault = ModelVault.Fault.NONE;
        interceptor.failures = 0;
        for (int i = 0; i < 2; i++) {
            pollWhenDue();
        }
        ModelHost.Document document = host.document();
        law(report.channelState().equals(document.state), "converges: state is " + report.channelState() + ", the host says " + document.state);
        law(ring.known() && ring.modes().equals(document.modes), "converges: modes are " + ring.modes());
        law(ring.key().isPresent() == document.on, "converges: key " + ring.key() + " with the channel " + document.on);
        law(!document.on || ring.key().get().guid().equals(host.named()), "converges: key " + ring.key() + ", the host named " + host.named());
        law(interceptor.redirected.equals(redirected(document)), "converges: redirected " + interceptor.redirected);
        law(latchReady, "converges: the key latch is not marked ready");
        String id = rules.imds().map(item -> item.id()).orElse("");
        law(document.members.contains("\"id\":\"" + id + "\"") || id.isEmpty() && !document.members.contains("\"id\""), "converges: rules " + id);
        start();
        pollWhenDue();
        law(!document.on || vault.attested.size() <= 2, "converges: " + vault.attested.size() + " keys are kept after a restart");
        law(!document.on || vault.attested.containsKey(host.named()), "converges: the file of the key in use is not that of an attested one");
    }

    private void pollWhenDue() {
        if (forced) {
            law(channel.due() - lastForcedPoll >= SECOND, "forced polls are a second apart");
            lastForcedPoll = channel.due();
            forced = false;
        }
        now = Math.max(now, channel.due());
        Optional<SigningKey> before = ring.key();
        ChannelState stateBefore = ring;
        RuleDocument rulesBefore = rules;
        Map<String, SigningKey> storedBefore = Map.copyOf(vault.attested);
        channel.poll();
        long pause = channel.due() - now;
        boolean fast = report.channelState().equals(SecureChannel.UNKNOWN) && now < 300 * SECOND;
        law(pause == (fast ? SECOND : INTERVAL), "pause of " + pause);
        if (!host.lastStatusGood()) {
            law(ring == stateBefore && rules == rulesBefore && vault.attested.equals(storedBefore), "a bad status changes nothing");
            return;
        }
        ModelHost.Document good = host.lastGoodDocument();
        law(report.channelState().equals(good.state), "the state is the host's");
        lawOfExpectation(good, host.lastGoodNamed());
        lawOfEndorsement(good, host.lastGoodNamed());
        law(rules.imds().map(RuleItem::mode).equals(good.imdsItem()), "rules are the host's, whatever their id: " + rules.imds());
        law(good.on || ring.key().isEmpty(), "no key while the channel is off");
        law(!good.on || before.isEmpty() || ring.key().isPresent(), "a key is not lost while the channel is on");
        for (int tries = 1; !redirection.push(); tries++) {
            law(tries < 4, "redirection is pushed until it is in accord");
        }
        law(interceptor.redirected.equals(redirected(good)), "redirected as wanted");
        SigningKey kept = ring.key().map(key -> storedBefore.get(key.guid())).orElse(null);
        law(kept == null || vault.attested.containsKey(kept.guid()), "the file of the key in use is kept");
        law(ring.key().isEmpty() || ring.key().equals(before) || stored(ring.key().get()), "a key that is taken into use is on the disk");
    }

    private void notified() {
        String before = report.channelState();
        boolean off = before.equals(SecureChannel.UNKNOWN) || before.equals(KeyStatus.DISABLED);
        long dueBefore = channel.due();
        channel.notified();
        if (off) {
            law(!latchReady, "a notification takes the mark back");
            law(channel.due() <= now + SECOND, "a notification is served within a second");
            forced = channel.due() < dueBefore || forced;
        } else {
            law(channel.due() == dueBefore, "a notification does not end the pause of a channel that is on");
        }
    }

    private void crash(int steps) {
        stepsToLive = steps;
        try {
            now = Math.max(now, channel.due());
            forced = false;
            lastForcedPoll = -SECOND;
            channel.poll();
        } catch (Killed e) {
            // The process is gone; what it had written stays.
        }
        stepsToLive = -1;
        host.heal();
        start();
    }

    private void start() {
        ring = ChannelState.UNKNOWN;
        rules = null;
        report = ChannelReport.START;
        latchReady = false;
        forced = false;
        lastForcedPoll = -SECOND;
        now = 0;
        redirection = new Redirection(interceptors);
        channel = new SecureChannel(host, answer -> {}, new MortalVault(vault, this::step), this, () -> now, INTERVAL);
    }

    private void replaceInterceptor() {
        ModelInterceptor successor = new ModelInterceptor();
        interceptors.bind(successor);
        interceptors.unbind(interceptor);
        interceptor = successor;
        law(redirection.push(), "a successor is pushed to");
        law(!ring.known() || interceptor.redirected.equals(redirected(host.lastGoodDocument())), "a successor redirects what is wanted");
    }

    private boolean stored(SigningKey key) {
        return vault.attested.containsKey(key.guid()) || vault.pending.containsKey(key.guid());
    }

    /** A step at which the process can end. */
    private void step() {
        if (stepsToLive > 0 && --stepsToLive == 0) {
            throw new Killed();
        }
    }

    private void onRequest(HostRequest request) {
        step();
        if (request.signing() instanceof HostRequest.Signing.With with) {
            SigningKey stored = vault.pending.get(with.key().guid());
            law(stored != null && stored.sameKeyAs(with.key()), "nothing is attested that was not stored");
        }
        if (request.method().equals("POST")) {
            law(host.lastGoodDocument().on, "no key is asked for while the channel is off");
            lawOfExpectation(host.lastGoodDocument(), host.lastGoodNamed());
            lawOfEndorsement(host.lastGoodDocument(), host.lastGoodNamed());
        }
    }

    /** What the endorser goes by is what the host said last: else unsigned requests would pass that the host expects signed. */
    private void lawOfExpectation(ModelHost.Document good, String named) {
        law(ring.known(), "the host is known");
        law(ring.modes().equals(good.modes), "modes are the host's: " + ring.modes());
        law(ring.hostNamedKey() == (good.on && named != null), "signatures are expected exactly when a key was named");
    }

    /** What becomes of a caller's request now, as the endorser that ships decides it. */
    private void lawOfEndorsement(ModelHost.Document good, String named) {
        if (ring.equals(judged)) {
            return;
        }
        judged = ring;
        for (Endpoint endpoint : List.of(Endpoint.IMDS, Endpoint.WIRESERVER)) {
            boolean expectsSignature = good.on && named != null && good.modes.get(endpoint) == EndpointMode.ENFORCE;
            Endorsement endorsement = endorser.endorse(endpoint, REQUEST, new byte[0], false);
            law(!(endorsement instanceof Endorsement.Unsigned) || !expectsSignature, "nothing goes unsigned to a host that expects a signature");
            law(!(endorsement instanceof Endorsement.Signed signed) || host.accepts(ring.key().get()) && signed.keyGuid().equals(ring.key().get().guid()),
                    "nothing is signed with a key the host has not accepted");
        }
    }

    private void lawOfAttestedKeys() {
        law(ring.key().isEmpty() || host.accepts(ring.key().get()), "nothing is signed with a key the host has not accepted");
        for (SigningKey key : vault.attested.values()) {
            law(host.accepts(key), "no file claims a key the host has not accepted");
        }
        ring.key().ifPresent(key -> {
            SigningKey stored = vault.attested.get(key.guid());
            law(stored == null || stored.sameKeyAs(key), "the file of a guid holds the key of that guid");
        });
    }

    private static Set<Endpoint> redirected(ModelHost.Document document) {
        return document.modes.entrySet().stream().filter(entry -> entry.getValue() != EndpointMode.DISABLED).map(Map.Entry::getKey).collect(Collectors.toSet());
    }

    private static <T> T pick(T[] values, int number) {
        return values[number % values.length];
    }

    private static void law(boolean holds, String law) {
        if (!holds) {
            throw new Violation(law);
        }
    }

    @Override
    public void channel(ChannelState state) {
        ring = state;
        law(state.key().isEmpty() || host.accepts(state.key().get()), "nothing is published that the host has not accepted");
        step();
    }

    @Override
    public void rules(RuleDocument next) {
        law(rules == null || !rules.equals(next), "rules are published when they differ");
        rules = next;
        step();
    }

    @Override
    public void redirect(Set<Endpoint> wanted) {
        redirection.want(wanted);
        redirection.push();
        step();
    }

    @Override
    public void latched() {
        law(ring.key().isPresent() || report.channelState().equals(KeyStatus.DISABLED) || !host.lastGoodDocument().on, "the latch is marked with a key or a channel that is off");
        latchReady = true;
    }

    @Override
    public void reset() {
        latchReady = false;
    }

    @Override
    public void report(ChannelReport next) {
        report = next;
    }

    @Override
    public void message(String text) {}

    @Override
    public void success(String text) {}

    @Override
    public void notice(NoticeEvent.Level level, String name, String text) {}

    /** Ends the process before or after each thing it does to the vault. */
    private static final class MortalVault extends ModelVault {
        private final ModelVault real;
        private final Runnable step;

        MortalVault(ModelVault real, Runnable step) {
            this.real = real;
            this.step = step;
        }

        @Override
        public void store(SigningKey key) throws IOException {
            step.run();
            real.store(key);
            step.run();
        }

        @Override
        public void confirm(String guid) throws IOException {
            step.run();
            real.confirm(guid);
            step.run();
        }

        @Override
        public Optional<SigningKey> pending(String guid) throws IOException {
            return real.pending(guid);
        }

        @Override
        public Optional<SigningKey> load(String guid) throws IOException {
            return real.load(guid);
        }

        @Override
        public void prune(String current, Optional<String> previous) throws IOException {
            step.run();
            real.prune(current, previous);
            step.run();
        }
    }

    private static final class ModelInterceptor implements Interceptor {
        private Set<Endpoint> redirected = new HashSet<>();
        private int failures;

        @Override
        public void claim(InetSocketAddress listener) {}

        @Override
        public void redirect(Set<Endpoint> endpoints) throws InterceptionException {
            if (failures > 0) {
                failures--;
                throw new InterceptionException("kernel: not now");
            }
            redirected = Set.copyOf(endpoints);
        }

        @Override
        public Set<Endpoint> redirected() {
            return redirected;
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }
    }
}
