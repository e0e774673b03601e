package countersign.host.client.metadata;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One element of a small XML document without document type and without external anything, at most {@value #MAX_DEPTH} levels deep
 * (host-endpoints.md H8). The size is bounded by the answer it came in.
 *
 * @param text of the element itself, without outer white space
 */
record XmlElement(String name, Map<String, String> attributes, String text, List<XmlElement> children) {
    static final int MAX_DEPTH = 64;

    /** @throws MetadataException when it is no such document; the message quotes nothing of it */
    static XmlElement parse(byte[] utf8) throws MetadataException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        XMLStreamReader reader = null;
        try {
            reader = factory.createXMLStreamReader(new ByteArrayInputStream(utf8), "UTF-8");
            return root(reader);
        } catch (XMLStreamException e) {
            throw new MetadataException("expected XML, got something else" + place(e));
        } finally {
            close(reader);
        }
    }

    /** The text of the element at that path below this one, the first one at each step. */
    String required(String... path) throws MetadataException {
        return at(path).text;
    }

    /** The element at that path below this one, the first one at each step. */
    XmlElement at(String... path) throws MetadataException {
        XmlElement here = this;
        for (String step : path) {
            here = here.children.stream().filter(child -> child.name.equals(step)).findFirst()
                    .orElseThrow(() -> new MetadataException(name + ": expected the element " + String.join("/", path) + ", got none"));
        }
        return here;
    }

    String requiredAttribute(String attribute) throws MetadataException {
        if (!attributes.containsKey(attribute)) {
            throw new MetadataException(name + ": expected the attribute " + attribute + ", got none");
        }
        return attributes.get(attribute);
    }

    private static XmlElement root(XMLStreamReader reader) throws XMLStreamException, MetadataException {
        XmlElement root = null;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.DTD) {
                throw new MetadataException("expected no document type, got one");
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                root = element(reader, 1);
            }
        }
        if (root == null) {
            throw new MetadataException("expected an element, got none");
        }
        return root;
    }

    private static XmlElement element(XMLStreamReader reader, int depth) throws XMLStreamException, MetadataException {
        if (depth > MAX_DEPTH) {
            throw new MetadataException("expected at most " + MAX_DEPTH + " levels, got more");
        }
        String name = reader.getLocalName();
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        StringBuilder text = new StringBuilder();
        List<XmlElement> children = new ArrayList<>();
        for (int event = reader.next(); event != XMLStreamConstants.END_ELEMENT; event = reader.next()) {
            switch (event) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(reader, depth + 1));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                case XMLStreamConstants.ENTITY_REFERENCE -> throw new MetadataException("expected no entity of its own, got one");
                default -> { }
            }
        }
        return new XmlElement(name, attributes, text.toString().strip(), children);
    }

    private static String place(XMLStreamException e) {
        return e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNumber() + ", column " + e.getLocation().getColumnNumber();
    }

    private static void close(XMLStreamReader reader) throws MetadataException {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw new MetadataException("closing the XML reader failed");
        }
    }
}
