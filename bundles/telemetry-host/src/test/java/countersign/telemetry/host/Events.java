package countersign.telemetry.host;

import countersign.attribution.Caller;
import countersign.endpoint.Endpoint;
import countersign.host.VmMetadata;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.NoticeEvent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Events and what surrounds them, as tests like them. */
final class Events {
    static final Instant NOON = Instant.parse("2026-03-04T12:00:00.089Z");
    static final VmMetadata VM = new VmMetadata("container", "tenant", "role", "instance", "subscription", "group", "vm", true);
    static final Machine MACHINE = new Machine("Linux:Debian-12", 2048, 2, "x86_64");

    private Events() {}

    static NoticeEvent notice(String name, String message) {
        return new NoticeEvent(NOON, NoticeEvent.Level.WARN, "key_keeper", name, message);
    }

    static GenericEvent generic(String taskName) {
        return generic(taskName, "text");
    }

    static GenericEvent generic(String taskName, String message) {
        return new GenericEvent("INFO", message, "0.1.0", taskName, "77", "00000078", "module", "2026-03-04T12:00:00.089");
    }

    static StatusEvent status(boolean success) {
        return new StatusEvent(new Origin("0.1.0", "77", "00000078"), "2026-03-04T12:00:00.089", success, "{\"status\":\"x\"}", 900_000);
    }

    /** A request with a URL of nobody but this user. */
    static AuditEvent request(String user, int status, boolean failedAuthorization) {
        return request(user, "/metadata/instance", "curl x", status, failedAuthorization);
    }

    static AuditEvent request(String user, String url, String commandLine, int status, boolean failedAuthorization) {
        Caller caller = new Caller(
                1000, Optional.of(user), List.of("www"), 77, 5, Optional.of("/usr/bin/curl"), Optional.of(commandLine), false);
        return new AuditEvent(NOON, 3, 2, "GET", url, new InetSocketAddress("127.0.0.1", 40000), Optional.of(Endpoint.IMDS), Optional.of(caller),
                status, "", failedAuthorization, AuditEvent.EndorsementKind.NONE, Optional.empty(), Duration.ofMillis(12), "");
    }
}
