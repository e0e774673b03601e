package countersign.proxy.jetty;

/**
 * What an administrator may change while the listener is open.
 *
 * @param connectionsPerUser share of a user once half of the connections are taken
 */
record Settings(long connectionsPerUser) {
    static final Settings STANDARD = new Settings(128);
}
