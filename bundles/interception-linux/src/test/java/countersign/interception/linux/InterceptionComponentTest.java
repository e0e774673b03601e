package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.interception.InterceptionException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "asks the kernel of Linux")
class InterceptionComponentTest {
    private final List<String> aborts = new ArrayList<>();

    @Test
    void machineWithoutCgroup2_abortsTheLauncherWithTheRemedy() {
        var e = assertThrows(
                InterceptionException.class, () -> new InterceptionComponent(config("cgroupRoot", "/proc"), aborts::add));

        assertEquals(List.of(e.getMessage()), aborts);
        String expected = "a cgroup v2 hierarchy at /proc: mount one (mount -t cgroup2 none FOLDER) and name it with cgroupRoot";
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void malformedSetting_abortsTheLauncher() {
        assertThrows(
                IllegalArgumentException.class, () -> new InterceptionComponent(config("pinFolder", "pins"), aborts::add));
        assertEquals(List.of("pinFolder: expected an absolute path, got pins"), aborts);
    }

    @Test
    void withoutLauncher_onlyThrows() {
        assertThrows(InterceptionException.class, () -> new InterceptionComponent(config("cgroupRoot", "/proc"), null));
    }

    /** The defaults, except one member. */
    private static InterceptionComponent.Config config(String member, Object value) {
        return (InterceptionComponent.Config) Proxy.newProxyInstance(
                InterceptionComponentTest.class.getClassLoader(),
                new Class<?>[] {InterceptionComponent.Config.class},
                (proxy, method, arguments) -> method.getName().equals(member) ? value : method.getDefaultValue());
    }
}
