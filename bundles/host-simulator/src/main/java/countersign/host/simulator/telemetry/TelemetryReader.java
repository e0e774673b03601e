package countersign.host.simulator.telemetry;

import countersign.host.simulator.telemetry.TelemetryEvent.Parameter;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads a telemetry document: XML whose CDATA sections are XML again. */
final class TelemetryReader {
    /** It is said to be the default, and is not. */
    private static final String REPORT_CDATA = "http://java.sun.com/xml/stream/properties/report-cdata-event";

    private TelemetryReader() {}

    /** The events in order. White space between elements is nobody's, as long as it is none of a proxy agent's: see {@link TelemetryRules}. */
    static List<TelemetryEvent> read(byte[] document) throws MalformedTelemetry {
        try {
            XMLStreamReader xml = reader(document);
            enter(xml, "TelemetryData");
            expect("1.0".equals(xml.getAttributeValue(null, "version")), "version 1.0 of TelemetryData");
            List<TelemetryEvent> events = new ArrayList<>();
            while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
                provider(xml, events);
            }
            while (xml.hasNext()) {
                xml.next();
            }
            return events;
        } catch (XMLStreamException e) {
            throw new MalformedTelemetry("expected a well-formed document, got something else at column " + e.getLocation().getColumnNumber());
        }
    }

    private static void provider(XMLStreamReader xml, List<TelemetryEvent> events) throws XMLStreamException, MalformedTelemetry {
        expect(xml.getLocalName().equals("Provider"), "Provider elements in TelemetryData");
        String provider = attribute(xml, "id");
        while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
            expect(xml.getLocalName().equals("Event"), "Event elements in Provider");
            String id = attribute(xml, "id");
            events.add(new TelemetryEvent(provider, id, parameters(cdata(xml))));
        }
    }

    /** The content of an element that holds CDATA and nothing else. */
    private static String cdata(XMLStreamReader xml) throws XMLStreamException, MalformedTelemetry {
        StringBuilder text = new StringBuilder();
        while (xml.next() != XMLStreamConstants.END_ELEMENT) {
            expect(xml.getEventType() == XMLStreamConstants.CDATA, "one CDATA section in Event");
            text.append(xml.getText());
        }
        return text.toString();
    }

    private static List<Parameter> parameters(String text) throws MalformedTelemetry {
        List<Parameter> parameters = new ArrayList<>();
        try {
            XMLStreamReader xml = reader(("<x>" + text + "</x>").getBytes(StandardCharsets.UTF_8));
            xml.nextTag();
            while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
                expect(xml.getLocalName().equals("Param"), "Param elements in the CDATA section");
                parameters.add(new Parameter(attribute(xml, "Name"), attribute(xml, "Value"), attribute(xml, "T")));
                expect(xml.nextTag() == XMLStreamConstants.END_ELEMENT, "empty Param elements");
            }
            while (xml.hasNext()) {
                xml.next();
            }
        } catch (XMLStreamException e) {
            throw new MalformedTelemetry("expected well-formed XML in the CDATA section, got something else");
        }
        return parameters;
    }

    private static XMLStreamReader reader(byte[] document) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(REPORT_CDATA, true);
        InputStream in = new ByteArrayInputStream(document);
        return factory.createXMLStreamReader(in, "UTF-8");
    }

    private static void enter(XMLStreamReader xml, String element) throws XMLStreamException, MalformedTelemetry {
        xml.nextTag();
        expect(xml.getLocalName().equals(element), "the element " + element);
    }

    private static String attribute(XMLStreamReader xml, String name) throws MalformedTelemetry {
        String value = xml.getAttributeValue(null, name);
        expect(value != null, "the attribute " + name + " at " + xml.getLocalName());
        return value;
    }

    private static void expect(boolean met, String expected) throws MalformedTelemetry {
        if (!met) {
            throw new MalformedTelemetry("expected " + expected);
        }
    }
}
