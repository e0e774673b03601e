package countersign.keys.keeper;

import countersign.endpoint.Endpoint;
import countersign.keys.ChannelState;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent;
import java.util.Set;

/** Takes everything and does nothing. */
class SilentOutput implements ChannelOutput {
    @Override
    public void channel(ChannelState state) {}

    @Override
    public void rules(RuleDocument rules) {}

    @Override
    public void redirect(Set<Endpoint> wanted) {}

    @Override
    public void latched() {}

    @Override
    public void reset() {}

    @Override
    public void report(ChannelReport report) {}

    @Override
    public void message(String text) {}

    @Override
    public void success(String text) {}

    @Override
    public void notice(NoticeEvent.Level level, String name, String text) {}
}
