package countersign.itests.lab.bench;

/** How a request gets from the guest to the host. */
enum Way {
    /** Straight over the cable, from a cgroup that is not guarded. */
    DIRECT,
    /** Through nginx in the guest, which adds and checks nothing. */
    NGINX,
    /** Caught in the kernel, through the agent. */
    AGENT
}
