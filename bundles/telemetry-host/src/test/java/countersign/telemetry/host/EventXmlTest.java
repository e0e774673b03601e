package countersign.telemetry.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.junit.jupiter.api.Test;

class EventXmlTest {
    private static final List<String> COMMON = List.of(
            "KeywordName={\"CpuArchitecture\":\"x86_64\"} mt:wstr", "TenantName=tenant mt:wstr", "RoleName=role mt:wstr",
            "RoleInstanceName=instance mt:wstr", "ContainerId=container mt:wstr", "ResourceGroupName=group mt:wstr",
            "SubscriptionId=subscription mt:wstr", "VMId=vm mt:wstr", "ImageOrigin=1 mt:uint64", "OSVersion=Linux:Debian-12 mt:wstr",
            "RAM=2048 mt:uint64", "Processors=2 mt:uint64", "EventPid=77 mt:uint64", "EventTid=78 mt:uint64", "GAVersion=0.1.0 mt:wstr",
            "ExecutionMode=ProxyAgent mt:wstr");
    private final EventXml xml = new EventXml(Events.VM, Events.MACHINE);

    @Test
    void genericEvent_hasItsParametersInOrder() throws XMLStreamException {
        assertEquals(with(COMMON, "TaskName=Task mt:wstr", "OpcodeName=2026-03-04T12:00:00.089 mt:wstr", "EventName=MicrosoftAzureGuestProxyAgent mt:wstr",
                "CapabilityUsed=INFO mt:wstr", "Context1=text mt:wstr", "Context2=2026-03-04T12:00:00.089 mt:wstr", "Context3=module mt:wstr"),
                parameters(xml.of(Events.generic("Task"))));
    }

    @Test
    void statusEvent_hasItsParametersInOrder() throws XMLStreamException {
        assertEquals(with(COMMON, "TaskName=loop_status mt:wstr", "OpcodeName=2026-03-04T12:00:00.089 mt:wstr", "ExtensionType=Monitoring mt:wstr",
                "IsInternal=True mt:bool", "Name=azure-proxy-agent mt:wstr", "Version=0.1.0 mt:wstr", "Operation=report_proxy_agent_status mt:wstr",
                "OperationSuccess=False mt:bool", "Message={\"status\":\"x\"} mt:wstr", "Duration=900000 mt:uint64"),
                parameters(xml.of(Events.status(false))));
    }

    @Test
    void eventElement_isAsTheHostExpectsIt() {
        String event = xml.of(Events.generic("T"));
        String start = "<Event id=\"7\"><![CDATA[<Param Name=\"KeywordName\" Value=\"{&quot;CpuArchitecture&quot;:&quot;x86_64&quot;}\" T=\"mt:wstr\" />"
                + "<Param Name=\"TenantName\"";
        assertEquals(start, event.substring(0, start.length()));
        assertEquals("<Param Name=\"Context3\" Value=\"module\" T=\"mt:wstr\" />]]></Event>", event.substring(event.indexOf("<Param Name=\"Context3\"")));
        assertEquals("<Event id=\"1\"><![CDATA[<Param ", xml.of(Events.status(true)).substring(0, 30));
    }

    /** host-endpoints.md H7. */
    @Test
    void endOfCdataInAValue_endsNothing() throws XMLStreamException {
        String message = "]]></Event><Event id=\"7\"><![CDATA[ & 'quoted' \"too\" ]]]]>";
        String event = xml.of(Events.generic("]]>", message));
        assertEquals(event.indexOf("]]>"), event.length() - "]]></Event>".length());
        List<String> parameters = parameters(event);
        assertEquals("TaskName=]]> mt:wstr", parameters.get(16));
        assertEquals("Context1=" + message + " mt:wstr", parameters.get(20));
    }

    @Test
    void characterThatXmlCannotSay_doesNotLoseTheEvent() throws XMLStreamException {
        assertEquals("TaskName=a\uFFFDb mt:wstr", parameters(xml.of(Events.generic("a\u0001b"))).get(16));
    }

    @Test
    void idsThatAreNoNumbers_are0() throws XMLStreamException {
        GenericEvent event = new GenericEvent("INFO", "m", "1", "t", "x", "-1", "o", "s");
        assertEquals(List.of("EventPid=0 mt:uint64", "EventTid=0 mt:uint64"), parameters(xml.of(event)).subList(12, 14));
    }

    private static List<String> with(List<String> common, String... more) {
        List<String> all = new ArrayList<>(common);
        all.addAll(List.of(more));
        return all;
    }

    /** What is in the CDATA section, read as the host reads it. */
    static List<String> parameters(String event) throws XMLStreamException {
        XMLStreamReader outer = XMLInputFactory.newDefaultFactory().createXMLStreamReader(new StringReader(event));
        outer.nextTag();
        XMLStreamReader inner = XMLInputFactory.newDefaultFactory().createXMLStreamReader(new StringReader("<x>" + outer.getElementText() + "</x>"));
        List<String> parameters = new ArrayList<>();
        while (inner.hasNext()) {
            if (inner.next() == XMLStreamConstants.START_ELEMENT && inner.getLocalName().equals("Param")) {
                parameters.add(inner.getAttributeValue(null, "Name") + "=" + inner.getAttributeValue(null, "Value") + " " + inner.getAttributeValue(null, "T"));
            }
        }
        return parameters;
    }
}
