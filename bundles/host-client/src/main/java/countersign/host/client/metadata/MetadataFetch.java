package countersign.host.client.metadata;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import countersign.endpoint.Endpoint;
import countersign.host.HostClient;
import countersign.host.HostRequest;
import countersign.host.HostRequest.Signing;
import countersign.host.HostResponse;
import countersign.host.VmMetadata;
import countersign.request.HeaderField;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.ObjectReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One fetch of all three documents; any failure fails it as a whole. */
final class MetadataFetch {
    private static final int MAX_BYTES = 1 << 20;
    private static final HeaderField VERSION = new HeaderField("x-ms-version", "2012-11-30");
    private static final HeaderField METADATA = new HeaderField("metadata", "true");
    private static final String[] REQUIRED = {"subscriptionId", "resourceGroupName", "vmId", "location", "name", "vmSize"};

    private final HostClient host;

    MetadataFetch(HostClient host) {
        this.host = requireNonNull(host, "host");
    }

    /** What is used of the instance document; {@code fields} in the order of {@link #REQUIRED}. */
    private record Compute(String[] fields, Optional<String> offer) {}

    VmMetadata fetch() throws IOException {
        GoalState goal = GoalState.read(xml("/machine?comp=goalstate"));
        XmlElement shared = xml(goal.sharedConfigTarget());
        Compute compute = instance();
        String role = shared.at("Role").requiredAttribute("name");
        return new VmMetadata(goal.containerId(), shared.at("Deployment").requiredAttribute("name"), role, firstInstance(shared),
                compute.fields[0], compute.fields[1], compute.fields[2], compute.offer.filter(text -> !text.isEmpty()).isPresent());
    }

    private XmlElement xml(String target) throws IOException {
        HostResponse answer = ask(Endpoint.WIRESERVER, target, VERSION);
        if (!answer.isXml()) {
            throw new MetadataException(target + ": expected XML, got another content type");
        }
        return XmlElement.parse(answer.utf8());
    }

    private static String firstInstance(XmlElement shared) {
        return shared.children().stream()
                .filter(child -> child.name().equals("Instances"))
                .flatMap(instances -> instances.children().stream())
                .filter(child -> child.name().equals("Instance"))
                .findFirst()
                .map(instance -> instance.attributes().getOrDefault("id", ""))
                .orElse("");
    }

    private Compute instance() throws IOException {
        HostResponse answer = ask(Endpoint.IMDS, "/metadata/instance?api-version=2018-02-01", METADATA);
        if (answer.isXml()) {
            throw new MetadataException("instance: expected JSON, got XML");
        }
        try {
            return JsonBytes.read(answer.utf8(), MAX_BYTES, MetadataFetch::readInstance);
        } catch (MalformedJson e) {
            throw new MetadataException("instance: expected JSON with its members, got something else at line " + e.line() + ", column " + e.column());
        }
    }

    private static Compute readInstance(JsonParser parser) throws IOException {
        ObjectReader object = ObjectReader.open(parser, "compute");
        Compute compute = null;
        while (object.next() != null) {
            compute = readCompute(parser);
        }
        return object.require("compute", compute);
    }

    private static Compute readCompute(JsonParser parser) throws IOException {
        String[] known = Arrays.copyOf(REQUIRED, REQUIRED.length + 1);
        known[REQUIRED.length] = "offer";
        ObjectReader object = ObjectReader.open(parser, known);
        String[] fields = new String[REQUIRED.length];
        Optional<String> offer = Optional.empty();
        for (String member = object.next(); member != null; member = object.next()) {
            int index = Arrays.asList(REQUIRED).indexOf(member);
            if (index < 0) {
                offer = object.optionalString();
            } else {
                fields[index] = object.string();
            }
        }
        for (int i = 0; i < fields.length; i++) {
            object.require(REQUIRED[i], fields[i]);
        }
        return new Compute(fields, offer);
    }

    private HostResponse ask(Endpoint endpoint, String target, HeaderField header) throws IOException {
        HostResponse answer = host.send(new HostRequest(endpoint, "GET", target, List.of(header), new byte[0], new Signing.IfLatched()));
        if (answer.status() < 200 || answer.status() > 299) {
            throw new MetadataException(endpoint + " " + target + ": expected status 2xx, got " + answer.status());
        }
        return answer;
    }
}
