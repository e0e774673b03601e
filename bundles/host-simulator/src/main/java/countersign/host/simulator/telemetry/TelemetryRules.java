package countersign.host.simulator.telemetry;

import countersign.host.simulator.telemetry.TelemetryEvent.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the document of a proxy agent must be beyond well-formed (host-endpoints.md section 6). */
final class TelemetryRules {
    private static final int LIMIT = 65_536;
    private static final String BEGIN = "<?xml version=\"1.0\"?><TelemetryData version=\"1.0\"><Provider id=\"";
    private static final Pattern BLANKS = Pattern.compile("(?:</?(?:TelemetryData|Provider|Event)[^>]*>)\\s");
    private static final String COMMON = "KeywordName TenantName RoleName RoleInstanceName ContainerId ResourceGroupName SubscriptionId VMId ImageOrigin:u"
            + " OSVersion RAM:u Processors:u EventPid:u EventTid:u GAVersion ExecutionMode TaskName OpcodeName ";
    private static final List<Kind> KINDS = List.of(
            new Kind("FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F", "7", COMMON + "EventName CapabilityUsed Context1 Context2 Context3"),
            new Kind("69B669B9-4AF8-4C50-BDC4-6006FA76E975", "1",
                    COMMON + "ExtensionType IsInternal:b Name Version Operation OperationSuccess:b Message Duration:u"));

    private TelemetryRules() {}

    /** @param parameters names in order, with {@code :u} for numbers and {@code :b} for truth values */
    private record Kind(String provider, String id, String parameters) {}

    static void check(byte[] document, List<TelemetryEvent> events) throws MalformedTelemetry {
        expect(!events.isEmpty(), "at least one event");
        for (TelemetryEvent event : events) {
            Kind kind = kind(event);
            if (event.ofProxyAgent()) {
                check(event, kind);
            }
        }
        if (events.stream().anyMatch(TelemetryEvent::ofProxyAgent)) {
            frame(document, events);
        }
    }

    private static Kind kind(TelemetryEvent event) throws MalformedTelemetry {
        for (Kind kind : KINDS) {
            if (kind.provider.equals(event.provider())) {
                expect(kind.id.equals(event.id()), "event id " + kind.id + " of this provider");
                return kind;
            }
        }
        throw new MalformedTelemetry("expected a known provider id");
    }

    private static void check(TelemetryEvent event, Kind kind) throws MalformedTelemetry {
        List<String> names = new ArrayList<>();
        for (Parameter parameter : event.parameters()) {
            String value = parameter.value();
            switch (parameter.type()) {
                case "mt:wstr" -> names.add(parameter.name());
                case "mt:uint64" -> {
                    names.add(parameter.name() + ":u");
                    expect(value.matches("[0-9]{1,20}"), "a number as " + parameter.name());
                }
                case "mt:bool" -> {
                    names.add(parameter.name() + ":b");
                    expect(value.equals("True") || value.equals("False"), "True or False as " + parameter.name());
                }
                default -> throw new MalformedTelemetry("expected mt:wstr, mt:uint64 or mt:bool as type of " + parameter.name());
            }
        }
        expect(kind.parameters.equals(String.join(" ", names)), "these parameters in order: " + kind.parameters);
    }

    private static void frame(byte[] document, List<TelemetryEvent> events) throws MalformedTelemetry {
        expect(document.length < LIMIT, "fewer than " + LIMIT + " bytes");
        String text = new String(document, StandardCharsets.UTF_8);
        expect(text.startsWith(BEGIN), "this beginning: declaration, TelemetryData, Provider");
        expect(!BLANKS.matcher(text).find() && text.endsWith("</TelemetryData>"), "no white space between elements");
        long providers = events.stream().map(TelemetryEvent::provider).distinct().count();
        expect(text.split("<Provider ", -1).length - 1 == providers, "one Provider element for each kind");
    }

    private static void expect(boolean met, String expected) throws MalformedTelemetry {
        if (!met) {
            throw new MalformedTelemetry("expected " + expected);
        }
    }
}
