package countersign.host.simulator.http;

/** What came out of one attempt to read a request. */
public sealed interface Received {
    /** A whole request with one meaning. */
    record Complete(Request request) implements Received {}

    /** Refused input; {@code soFar} holds what could be read of it, empty texts for the rest. The connection must be closed. */
    record Refused(BadInput reason, Request soFar) implements Received {}

    /** The peer closed the connection, or stayed silent too long, between requests. */
    record Ended() implements Received {}
}
