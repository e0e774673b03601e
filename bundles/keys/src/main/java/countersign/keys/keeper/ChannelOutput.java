package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.keys.ChannelState;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent;
import java.util.Set;

/** What the secure channel tells the rest of the agent. Called on the channel's thread; must not wait. */
interface ChannelOutput {
    /** The state requests are endorsed by, from now on. */
    void channel(ChannelState state);

    /** The host's rules, from now on. Called only when they differ from the last ones. */
    void rules(RuleDocument rules);

    /** The endpoints that shall be redirected, by the last good status. */
    void redirect(Set<Endpoint> wanted);

    /** The key latch is ready: a key is in memory, or the channel is off. */
    void latched();

    /** The key latch is not ready any more, because someone asked for a fresh look. */
    void reset();

    void report(ChannelReport report);

    /** The key keeper's status message. A repeated one is no news. */
    void message(String text);

    /** As {@link #message}, followed by the time since the process started. */
    void success(String text);

    void notice(NoticeEvent.Level level, String name, String text);
}
