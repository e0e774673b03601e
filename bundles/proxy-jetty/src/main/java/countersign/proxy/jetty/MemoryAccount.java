package countersign.proxy.jetty;

/** What one connection makes the agent hold, on the account of its user. */
final class MemoryAccount {
    private final Shares memory;
    private long holder = Shares.NOBODY;

    MemoryAccount(Shares memory) {
        this.memory = memory;
    }

    /** Settles whose account it is; before the first byte is taken. */
    void holder(long uid) {
        holder = uid;
    }

    /** Takes {@code bytes}, unless that would exceed a bound. */
    boolean take(long bytes) {
        return memory.take(holder, bytes) == Shares.Outcome.TAKEN;
    }

    void giveBack(long bytes) {
        memory.giveBack(holder, bytes);
    }
}
