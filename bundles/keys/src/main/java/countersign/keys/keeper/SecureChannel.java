package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.host.HostClient;
import countersign.host.HostResponse;
import countersign.keys.ChannelState;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import countersign.keys.keeper.document.KeyStatus;
import countersign.keys.keeper.document.KeyStatusReader;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent.Level;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secure channel as a state machine (secure-channel.md sections 5 and 6). Its events are {@link #poll} and {@link #notified}, its clock is
 * handed in, its effects go through the interfaces it was built with. Used by one thread.
 */
final class SecureChannel {
    static final String UNKNOWN = "Unknown";

    private static final Logger LOG = LoggerFactory.getLogger(SecureChannel.class);
    private static final long SECOND = 1_000_000_000L;
    private static final long FAST_PAUSE = SECOND;
    private static final long FAST_WINDOW = 300 * SECOND;
    private static final long FORCED_PAUSE = SECOND;

    private final HostClient host;
    private final Consumer<HostResponse> clock;
    private final Latch latch;
    private final ChannelOutput output;
    private final LongSupplier processNanos;

    private String state = UNKNOWN;
    private Optional<SigningKey> key = Optional.empty();
    private Optional<KeyStatus> lastGood = Optional.empty();
    private String lastStatusLine = "";
    /** What was said of the last success, and whether a failure was said since. */
    private String success = "";
    private boolean failed;
    private long interval;
    private long due;
    private long lastForced = -FORCED_PAUSE;

    /**
     * @param clock offered every status answer of 2xx, whose date may synchronise it
     * @param processNanos monotonic nanoseconds since the process started
     * @param interval pause between polls in nanoseconds
     */
    SecureChannel(HostClient host, Consumer<HostResponse> clock, KeyVault vault, ChannelOutput output, LongSupplier processNanos, long interval) {
        this.host = requireNonNull(host, "host");
        this.clock = requireNonNull(clock, "clock");
        this.latch = new Latch(host, vault);
        this.output = requireNonNull(output, "output");
        this.processNanos = requireNonNull(processNanos, "processNanos");
        this.interval = interval;
        this.due = processNanos.getAsLong();
    }

    /** When to poll next, on the clock that was handed in. */
    long due() {
        return due;
    }

    /** Changes the pause between polls, the present one included. */
    void interval(long nanos) {
        interval = nanos;
        due = Math.min(due, processNanos.getAsLong() + nanos);
    }

    /** One turn: ask the host, follow its answer. A failed turn changes nothing but the message. */
    void poll() {
        try {
            KeyStatus status = ask();
            applyRules(status);
            follow(status);
        } catch (IOException e) {
            fail("Failed to get the key status: " + e.getMessage());
        } finally {
            report();
            long now = processNanos.getAsLong();
            due = now + (state.equals(UNKNOWN) && now < FAST_WINDOW ? Math.min(FAST_PAUSE, interval) : interval);
        }
    }

    /** Somebody waits for provisioning and has not seen it finish (secure-channel.md section 6; Q10 and Q22). */
    void notified() {
        if (state.equals(UNKNOWN) || state.equals(KeyStatus.DISABLED)) {
            state = UNKNOWN;
            output.reset();
            report();
            long now = processNanos.getAsLong();
            // One that is still to come serves this caller as well.
            if (lastForced <= now) {
                lastForced = Math.max(now, lastForced + FORCED_PAUSE);
            }
            due = Math.min(due, lastForced);
        } else if (key.isPresent()) {
            output.latched();
        }
    }

    private KeyStatus ask() throws IOException {
        HostResponse answer = host.send(ChannelRequests.status());
        if (answer.status() < 200 || answer.status() > 299) {
            throw new IOException("expected status 2xx, got " + answer.status());
        }
        clock.accept(answer);
        if (answer.isXml()) {
            throw new IOException("expected JSON, got XML");
        }
        return KeyStatusReader.read(answer.utf8());
    }

    private void applyRules(KeyStatus status) {
        RuleDocument before = lastGood.map(KeyStatus::rules).orElse(RuleDocument.EMPTY);
        RuleDocument now = status.rules();
        if (lastGood.isEmpty() || !before.equals(now)) {
            output.rules(now);
        }
        noteId("WireServer", ChannelReport.id(before.wireserver()), ChannelReport.id(now.wireserver()));
        noteId("IMDS", ChannelReport.id(before.imds()), ChannelReport.id(now.imds()));
    }

    private void noteId(String service, String before, String now) {
        if (!before.equals(now)) {
            output.notice(Level.WARN, "RuleIdChanged", service + " rule id changed from '" + before + "' to '" + now + "'");
        }
    }

    private void follow(KeyStatus status) {
        boolean changed = !status.channelState().equals(state);
        lastGood = Optional.of(status);
        state = status.channelState();
        noteStatus(status);
        if (!status.enabled()) {
            key = Optional.empty();
            publish(status);
            if (changed) {
                succeed("Customer has not enforce the secure channel state.");
                output.latched();
            } else {
                goOn();
            }
            return;
        }
        Optional<String> previous = key.map(SigningKey::guid);
        boolean wanted = previous.isEmpty() || !status.keyGuid().equals(previous);
        boolean loaded = wanted && status.keyGuid().isPresent() && load(status.keyGuid().get());
        // Before the host is asked for a key, which can take long: from here on nothing unsigned passes that the host expects signed.
        publish(status);
        if (loaded) {
            succeed("Found key details from local and ready to use.");
            output.latched();
            // A kill may have come before what the latch does last.
            tidy(key.get(), previous, false);
        } else if (wanted) {
            latch(status, previous);
        } else {
            goOn();
        }
    }

    private void succeed(String text) {
        success = text;
        failed = false;
        output.success(text);
    }

    private void fail(String text) {
        failed = true;
        output.message(text);
    }

    /** All is as it was; a failure in between is over and must not be what the module says for ever. */
    private void goOn() {
        if (failed) {
            succeed(success);
        }
    }

    private boolean load(String guid) {
        try {
            Optional<SigningKey> stored = latch.stored(guid);
            stored.ifPresent(found -> key = stored);
            return stored.isPresent();
        } catch (IOException e) {
            output.notice(Level.INFO, "KeyNotLoaded", "Failed to read key " + guid + ": " + e.getMessage());
            return false;
        }
    }

    private void latch(KeyStatus status, Optional<String> previous) {
        try {
            Optional<SigningKey> resumed = status.keyGuid().isPresent() ? resume(status.keyGuid().get()) : Optional.empty();
            key = Optional.of(resumed.isPresent() ? resumed.get() : latch.acquired());
            publish(status);
            succeed("Successfully attest the key and ready to use.");
            output.latched();
        } catch (IOException e) {
            fail("Failed to acquire a key: " + e.getMessage());
            return;
        }
        tidy(key.get(), previous, true);
    }

    private Optional<SigningKey> resume(String guid) {
        try {
            return latch.resumed(guid);
        } catch (IOException e) {
            output.notice(Level.INFO, "KeyNotResumed", "Failed to attest stored key " + guid + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void tidy(SigningKey current, Optional<String> previous, boolean justAttested) {
        try {
            if (justAttested) {
                latch.confirm(current);
            }
            latch.prune(current, previous);
        } catch (IOException e) {
            output.notice(Level.WARN, "KeyVault", "Key " + current.guid() + " is in use, but the vault is not in order: " + e.getMessage());
        }
    }

    private void publish(KeyStatus status) {
        output.channel(new ChannelState(key, true, status.keyGuid().isPresent(), status.modes()));
        output.redirect(status.redirected());
    }

    private void noteStatus(KeyStatus status) {
        String line = "Key status: scheme Azure-HMAC-SHA256, delivery method http, key guid " + status.keyGuid().orElse("None") + ", state "
                + status.channelState() + ", version " + status.version() + ", WireServer mode " + status.modes().get(Endpoint.WIRESERVER).label()
                + ", IMDS mode " + status.modes().get(Endpoint.IMDS).label();
        if (!line.equals(lastStatusLine)) {
            lastStatusLine = line;
            output.notice(Level.WARN, "KeyStatus", line);
            if (!status.enabled() && !status.redirected().isEmpty()) {
                output.notice(Level.WARN, "GuardedWithoutKey", "The secure channel is off but rules have a mode: requests are authorized and go unsigned");
            }
        } else {
            LOG.trace("{}", line);
        }
    }

    private void report() {
        output.report(new ChannelReport(
                state, key.map(SigningKey::description), lastGood.map(KeyStatus::rules).orElse(RuleDocument.EMPTY)));
    }
}
