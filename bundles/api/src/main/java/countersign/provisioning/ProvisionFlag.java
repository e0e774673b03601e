package countersign.provisioning;

/** The parts that must be ready, in the order of error texts (secure-channel.md section 10). */
public enum ProvisionFlag {
    REDIRECTOR_READY("ebpfProgramStatus"),
    KEY_LATCH_READY("keyLatchStatus"),
    LISTENER_READY("proxyListenerStatus");

    private final String module;

    ProvisionFlag(String module) {
        this.module = module;
    }

    /** Name of the module in the error text. */
    public String module() {
        return module;
    }
}
