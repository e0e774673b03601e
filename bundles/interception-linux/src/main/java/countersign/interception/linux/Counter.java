package countersign.interception.linux;

/** The kernel's counters, in the order of {@code enum counter} in {@code bpf/records.h}. */
enum Counter {
    CONNECT("connects"),
    REDIRECTED("redirected"),
    AGENT("agent-passed"),
    PASS_UNKNOWN_NETNS("unknown-netns-passed"),
    PUBLISHED("published"),
    ACCEPTED("accepted"),
    FLOW_REMOVED("flows-removed"),
    ACCEPTED_REMOVED("accepted-removed"),
    PEERNAME("peer-names"),
    EGRESS_AGENT("egress-agent-passed"),
    BUCKET_SHARED("rate-bucket-shared"),
    DENY_NO_CONFIG("no-config-denied"),
    DENY_NO_STORAGE("no-storage-denied"),
    DENY_RATE("rate-denied"),
    DENY_UNKNOWN_NETNS("unknown-netns-denied"),
    DENY_NO_LISTENER("no-listener-denied"),
    DENY_FOREIGN_LISTENER("foreign-listener-denied"),
    DENY_BIND("bind-denied"),
    DROP_EGRESS("egress-denied"),
    DROP_FRAGMENT("egress-fragment-denied"),
    DROP_MALFORMED("egress-malformed-denied"),
    LOST_FLOWS_FULL("flows-full-denied"),
    LOST_ACCEPTED_FULL("accepted-full-denied"),
    LOST_NO_STORAGE("accept-storage-denied"),
    LOST_NO_CALLBACK("no-callback-denied"),
    LOST_CLIENT_GONE("client-gone"),
    ACCEPT_UNKNOWN("direct-to-proxy"),
    REMOVE_MISS("remove-missed");

    /** Places in the kernel's array; what is above {@link #values} stays zero. */
    static final int CAPACITY = 32;

    private final String label;

    Counter(String label) {
        this.label = label;
    }

    /** Name for operators; the refusals end in {@code denied}. */
    String label() {
        return label;
    }
}
