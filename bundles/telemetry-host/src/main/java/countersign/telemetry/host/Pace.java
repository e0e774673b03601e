package countersign.telemetry.host;

import java.time.Duration;

/**
 * When things are done.
 *
 * @param pass between two looks at what has come
 * @param files between two looks at event files
 * @param status between two reports of the agent's status
 * @param retry between two attempts to send
 */
record Pace(Duration pass, Duration files, Duration status, Duration retry) {
    /** Everything in proportion to one of them, a minute in the field (host-endpoints.md H5, telemetry.md sections 4 to 6). */
    static Pace of(Duration pass) {
        return new Pace(pass, pass.multipliedBy(5), pass.multipliedBy(15), pass.dividedBy(4));
    }
}
