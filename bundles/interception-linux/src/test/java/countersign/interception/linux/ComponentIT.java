package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The component claims, redirects, takes changed settings and leaves everything in force when it stops. */
@ExtendWith(KernelCondition.class)
class ComponentIT {
    @Test
    void component_fromActivationToDeactivation() throws IOException {
        try (Sandbox sandbox = Sandbox.open()) {
            Path pins = sandbox.pins("component");
            List<String> command = new ArrayList<>(Sandbox.java());
            command.addAll(List.of(TestComponent.class.getName(), sandbox.cgroup.toString(), pins.toString()));
            Sandbox.Child component = sandbox.startIn(sandbox.host, true, command);
            component.expect("registered [countersign.interception.Interceptor, countersign.attribution.Attribution]");
            component.expect("ready false");
            component.expect("claimed");

            String state = tell(component, "tell");
            assertTrue(state.startsWith("true [imds] {connects="), state);
            assertTrue(state.contains(", attributed=0, "), state);
            assertTrue(Files.exists(new PinFolder(pins).link("egress")));

            tell(component, "egressGuard=false");
            assertFalse(Files.exists(new PinFolder(pins).link("egress")));
            tell(component, "egressGuard=true");
            assertTrue(Files.exists(new PinFolder(pins).link("egress")));

            assertEquals("connect: EPERM", sandbox.client("--own-network", "connect", Sandbox.IMDS, "80"));
            tell(component, "denyUnknownNetns=false");
            assertEquals("connect: ENETUNREACH", sandbox.client("--own-network", "connect", Sandbox.IMDS, "80"));

            component.send("stop");
            component.expect("unregistered");
            component.expect("stopped");
            component.end();
            assertEquals("connect: EPERM", sandbox.client("connect", Sandbox.IMDS, "80"));
            assertTrue(sandbox.client("connect", Sandbox.WIRESERVER, "80").endsWith(" fabric"));
        }
    }

    private static String tell(Sandbox.Child component, String line) {
        component.send(line);
        return component.expect(" {connects=");
    }
}
