package countersign.proxy.jetty;

/**
 * What an administrator may change while the listener is open.
 *
 * @param connectionsPerUser share of a user once half of the connections are taken
 * @param trace whether the stages of each request go to the log
 */
record Settings(long connectionsPerUser, boolean trace) {
    static final Settings STANDARD = new Settings(128, false);
}
