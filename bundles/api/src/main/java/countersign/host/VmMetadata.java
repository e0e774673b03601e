package countersign.host;

import static java.util.Objects.requireNonNull;

/**
 * What the host says about this machine, all of one fetch (host-endpoints.md sections 3 to 5).
 *
 * @param roleInstanceName empty when the shared config names no instance
 * @param fromImage whether the machine was made from a marketplace image: its offer is present and not empty
 */
public record VmMetadata(
        String containerId,
        String tenantName,
        String roleName,
        String roleInstanceName,
        String subscriptionId,
        String resourceGroupName,
        String vmId,
        boolean fromImage) {
    public VmMetadata {
        requireNonNull(containerId, "containerId");
        requireNonNull(tenantName, "tenantName");
        requireNonNull(roleName, "roleName");
        requireNonNull(roleInstanceName, "roleInstanceName");
        requireNonNull(subscriptionId, "subscriptionId");
        requireNonNull(resourceGroupName, "resourceGroupName");
        requireNonNull(vmId, "vmId");
    }
}
