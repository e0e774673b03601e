package countersign.host.simulator.channel;

/** The simulated services. */
public enum Service {
    WIRESERVER("wireserver"),
    IMDS("imds"),
    HOSTGA("hostga");

    private final String text;

    Service(String text) {
        this.text = text;
    }

    /** Its name in documents, journal and controls. */
    public String text() {
        return text;
    }

    /** The service of that name. */
    public static Service of(String text) {
        for (Service service : values()) {
            if (service.text.equals(text)) {
                return service;
            }
        }
        throw new IllegalArgumentException("service " + text + ": expected wireserver, imds or hostga");
    }
}
