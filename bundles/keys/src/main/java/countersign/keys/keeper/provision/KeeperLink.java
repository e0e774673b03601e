package countersign.keys.keeper.provision;

/** What provisioning needs of the key keeper. None of it waits. */
public interface KeeperLink {
    /** While there is no key keeper. */
    KeeperLink NONE = new KeeperLink() {
        @Override
        public boolean channelOn() {
            return false;
        }

        @Override
        public void wake() {}

        @Override
        public void pushRedirection() {}
    };

    /** Whether the channel's state is neither disabled nor unknown. */
    boolean channelOn();

    /** Somebody waits: look at once, if the state allows it. */
    void wake();

    /** Bring redirection in accord with the last good status. */
    void pushRedirection();
}
