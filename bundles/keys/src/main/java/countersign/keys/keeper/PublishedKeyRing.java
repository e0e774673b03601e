package countersign.keys.keeper;

import countersign.keys.ChannelState;
import countersign.keys.KeyRing;
import org.osgi.service.component.annotations.Component;

/**
 * Holds the state the key keeper published last. It references nothing: the key keeper needs own requests, which need the endorser, which
 * needs the ring. Immediate, because a delayed component would forget the key whenever nobody holds it.
 */
@Component(service = {KeyRing.class, PublishedKeyRing.class}, immediate = true)
public final class PublishedKeyRing implements KeyRing {
    private volatile ChannelState state = ChannelState.UNKNOWN;

    @Override
    public ChannelState state() {
        return state;
    }

    void publish(ChannelState next) {
        state = next;
    }
}
