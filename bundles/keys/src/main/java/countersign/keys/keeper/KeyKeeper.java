package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import countersign.keys.ChannelState;
import countersign.keys.keeper.document.KeyStatus;
import countersign.keys.keeper.provision.KeeperLink;
import countersign.keys.keeper.provision.ProvisioningComponent;
import countersign.policy.RuleDocument;
import countersign.provisioning.ProvisionFlag;
import countersign.telemetry.NoticeEvent.Level;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what the secure channel says to where it is used. */
final class KeyKeeper implements ChannelOutput, KeeperLink {
    private static final Logger LOG = LoggerFactory.getLogger(KeyKeeper.class);

    private final PublishedKeyRing ring;
    private final HostPolicySource policy;
    private final ProvisioningComponent provisioning;
    private final Redirection redirection;
    private final Journal journal;
    private final LongSupplier processNanos;
    private final Runnable pushLater;
    private final Runnable wake;
    private volatile ChannelReport report = ChannelReport.START;
    private volatile String message = "Status unknown.";

    /**
     * @param pushLater pushes redirection on another thread
     * @param wake notifies the channel's thread
     */
    KeyKeeper(
            PublishedKeyRing ring,
            HostPolicySource policy,
            ProvisioningComponent provisioning,
            Redirection redirection,
            Journal journal,
            LongSupplier processNanos,
            Runnable pushLater,
            Runnable wake) {
        this.ring = requireNonNull(ring, "ring");
        this.policy = requireNonNull(policy, "policy");
        this.provisioning = requireNonNull(provisioning, "provisioning");
        this.redirection = requireNonNull(redirection, "redirection");
        this.journal = requireNonNull(journal, "journal");
        this.processNanos = requireNonNull(processNanos, "processNanos");
        this.pushLater = requireNonNull(pushLater, "pushLater");
        this.wake = requireNonNull(wake, "wake");
    }

    ChannelReport report() {
        return report;
    }

    /** The module's message. */
    String message() {
        return message;
    }

    @Override
    public void channel(ChannelState state) {
        ring.publish(state);
    }

    @Override
    public void rules(RuleDocument rules) {
        policy.publish(rules);
    }

    @Override
    public void redirect(Set<Endpoint> wanted) {
        redirection.want(wanted);
        redirection.push();
    }

    @Override
    public void latched() {
        provisioning.ready(ProvisionFlag.KEY_LATCH_READY);
    }

    @Override
    public void reset() {
        provisioning.reset();
    }

    @Override
    public void report(ChannelReport next) {
        report = next;
    }

    @Override
    public void message(String text) {
        String next = StatusMessage.cut(text);
        if (!next.equals(message)) {
            message = next;
            provisioning.describe(ProvisionFlag.KEY_LATCH_READY, next);
            journal.say(Level.WARN, "StatusMessage", next);
        } else {
            LOG.trace("{}", next);
        }
    }

    @Override
    public void success(String text) {
        message(text + " - " + processNanos.getAsLong() / 1_000_000);
    }

    @Override
    public void notice(Level level, String name, String text) {
        journal.say(level, name, text);
    }

    @Override
    public boolean channelOn() {
        String state = report.channelState();
        return !state.equals(SecureChannel.UNKNOWN) && !state.equals(KeyStatus.DISABLED);
    }

    @Override
    public void wake() {
        wake.run();
    }

    @Override
    public void pushRedirection() {
        pushLater.run();
    }
}
