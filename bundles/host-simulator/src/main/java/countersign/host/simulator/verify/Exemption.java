package countersign.host.simulator.verify;

import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Request;
import java.util.Locale;

/** The two uploads nobody demands a signature for (signing.md section 7), each only at its own services (S15). */
public final class Exemption {
    private Exemption() {}

    /** Whether the request is exempt at this service. */
    public static boolean applies(Service service, Request request) {
        return switch (request.method()) {
            case "PUT" -> service != Service.IMDS && targets(request, "/vmagentlog");
            case "POST" -> service == Service.WIRESERVER && targets(request, "/machine/?comp=telemetrydata");
            default -> false;
        };
    }

    private static boolean targets(Request request, String literal) {
        return request.target().toLowerCase(Locale.ROOT).equals(literal);
    }
}
