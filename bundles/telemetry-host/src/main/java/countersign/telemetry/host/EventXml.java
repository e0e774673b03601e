package countersign.telemetry.host;

import static java.util.Objects.requireNonNull;

import countersign.host.VmMetadata;

/** Writes one event as an {@code Event} element whose CDATA section is XML again: the parameters, in their order (host-endpoints.md section 6). */
final class EventXml {
    private static final String TEXT = "mt:wstr";
    private static final String NUMBER = "mt:uint64";
    private static final String FLAG = "mt:bool";
    private static final String MODE = "ProxyAgent";

    private final VmMetadata vm;
    private final Machine machine;

    EventXml(VmMetadata vm, Machine machine) {
        this.vm = requireNonNull(vm, "vm");
        this.machine = requireNonNull(machine, "machine");
    }

    String of(HostEvent event) {
        StringBuilder xml = new StringBuilder(4096);
        xml.append("<Event id=\"").append(event.kind().id()).append("\"><![CDATA[");
        if (event instanceof GenericEvent generic) {
            generic(xml, generic);
        } else if (event instanceof StatusEvent status) {
            status(xml, status);
        }
        return xml.append("]]></Event>").toString();
    }

    private void generic(StringBuilder xml, GenericEvent event) {
        Origin origin = new Origin(event.version(), event.eventPid(), event.eventTid());
        common(xml, origin, event.taskName(), event.timeStamp());
        text(xml, "EventName", "MicrosoftAzureGuestProxyAgent");
        text(xml, "CapabilityUsed", event.eventLevel());
        text(xml, "Context1", event.message());
        text(xml, "Context2", event.timeStamp());
        text(xml, "Context3", event.operationId());
    }

    private void status(StringBuilder xml, StatusEvent event) {
        common(xml, event.origin(), event.taskName(), event.timeStamp());
        text(xml, "ExtensionType", "Monitoring");
        flag(xml, "IsInternal", true);
        text(xml, "Name", "azure-proxy-agent");
        text(xml, "Version", event.origin().version());
        text(xml, "Operation", "report_proxy_agent_status");
        flag(xml, "OperationSuccess", event.success());
        text(xml, "Message", event.message());
        number(xml, "Duration", Long.toString(event.durationMillis()));
    }

    private void common(StringBuilder xml, Origin origin, String taskName, String timeStamp) {
        text(xml, "KeywordName", "{\"CpuArchitecture\":\"" + machine.architecture() + "\"}");
        text(xml, "TenantName", vm.tenantName());
        text(xml, "RoleName", vm.roleName());
        text(xml, "RoleInstanceName", vm.roleInstanceName());
        text(xml, "ContainerId", vm.containerId());
        text(xml, "ResourceGroupName", vm.resourceGroupName());
        text(xml, "SubscriptionId", vm.subscriptionId());
        text(xml, "VMId", vm.vmId());
        number(xml, "ImageOrigin", vm.fromImage() ? "1" : "0");
        text(xml, "OSVersion", machine.osVersion());
        number(xml, "RAM", Long.toString(machine.ramMegabytes()));
        number(xml, "Processors", Integer.toString(machine.processors()));
        number(xml, "EventPid", unsigned(origin.pid()));
        number(xml, "EventTid", unsigned(origin.tid()));
        text(xml, "GAVersion", origin.version());
        text(xml, "ExecutionMode", MODE);
        text(xml, "TaskName", taskName);
        text(xml, "OpcodeName", timeStamp);
    }

    /** Event files may hold anything here. */
    private static String unsigned(String text) {
        try {
            return Long.toUnsignedString(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            return "0";
        }
    }

    private static void text(StringBuilder xml, String name, String value) {
        param(xml, name, value, TEXT);
    }

    private static void number(StringBuilder xml, String name, String value) {
        param(xml, name, value, NUMBER);
    }

    private static void flag(StringBuilder xml, String name, boolean value) {
        param(xml, name, value ? "True" : "False", FLAG);
    }

    private static void param(StringBuilder xml, String name, String value, String type) {
        xml.append("<Param Name=\"").append(name).append("\" Value=\"");
        XmlText.escape(value, xml);
        xml.append("\" T=\"").append(type).append("\" />");
    }
}
