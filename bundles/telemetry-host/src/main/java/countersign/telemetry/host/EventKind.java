package countersign.telemetry.host;

/** The kinds of events the host takes, each under a provider of its own (host-endpoints.md section 6). */
enum EventKind {
    GENERIC("FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F", 7),
    STATUS("69B669B9-4AF8-4C50-BDC4-6006FA76E975", 1);

    private final String provider;
    private final int id;

    EventKind(String provider, int id) {
        this.provider = provider;
        this.id = id;
    }

    String provider() {
        return provider;
    }

    int id() {
        return id;
    }
}
