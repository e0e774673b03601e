package countersign.proxy.jetty;

import java.time.Duration;

/**
 * Every bound of the listener (proxy.md section 9 and P5).
 *
 * @param headTime from the first byte of a request to the end of its head
 * @param bodyPause longest pause while a body is being read
 * @param idleTime longest time without a request on an open connection, and longest pause of a client that takes its answer
 * @param connectTime for a connection to the host
 * @param answerPause longest pause of the host before and within its answer
 * @param serviceAbsence how long requests wait for a service that has just vanished
 * @param lingerTime how long a refused client may go on sending before its connection is cut
 * @param poolTime how long an unused connection to the host is kept
 * @param connections open connections of attributed clients; others have an eighth as many besides
 * @param headBytes request line and header block
 * @param memory bytes of bodies, and of heads that exceed one buffer, held at a time
 */
record Limits(
        Duration headTime,
        Duration bodyPause,
        Duration idleTime,
        Duration connectTime,
        Duration answerPause,
        Duration serviceAbsence,
        Duration lingerTime,
        Duration poolTime,
        int connections,
        int headBytes,
        long memory) {

    static final Limits STANDARD = new Limits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2),
            Duration.ofSeconds(15),
            1024,
            128 << 10,
            8L << 20);

    /** Longest body that is held in memory and signed. */
    static final int BODY = 100 << 10;

    /** Longest body that is streamed. */
    static final long EXEMPT_BODY = 100L << 20;
}
