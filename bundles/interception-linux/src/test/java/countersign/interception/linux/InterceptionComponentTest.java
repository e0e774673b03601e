package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.osgi.framework.BundleContext;

@EnabledOnOs(value = OS.LINUX, disabledReason = "asks the kernel of Linux")
class InterceptionComponentTest {
    private static final String REMEDY = "a cgroup v2 hierarchy at /proc: mount one (mount -t cgroup2 none FOLDER) and name it with cgroupRoot";
    private static final String RELATIVE = "pinFolder: expected an absolute path, got pins";

    /** In which nothing may be registered. */
    private static final BundleContext CONTEXT = (BundleContext) Proxy.newProxyInstance(
            InterceptionComponentTest.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> {
                throw new AssertionError("not expected: " + method.getName());
            });

    private final List<String> aborts = new ArrayList<>();

    @Test
    void machineWithoutCgroup2_abortsTheLauncherOnceWithTheRemedy() {
        InterceptionComponent component = component("cgroupRoot", "/proc");
        assertEquals(List.of(component.failure()), aborts);
        assertTrue(component.failure().contains(REMEDY), component.failure());
        assertEquals(Optional.empty(), component.interception());
    }

    @Test
    void malformedSetting_abortsTheLauncher() {
        assertEquals(RELATIVE, component("pinFolder", "pins").failure());
        assertEquals(List.of(RELATIVE), aborts);
    }

    @Test
    void withoutLauncher_theComponentIsThereAndSaysWhy() {
        assertEquals(RELATIVE, new InterceptionComponent(CONTEXT, config("pinFolder", "pins"), null).failure());
    }

    @Test
    void changedConfiguration_isTriedAgain() {
        InterceptionComponent component = component("pinFolder", "pins");
        component.modified(config("cgroupRoot", "/proc"));
        assertTrue(component.failure().contains(REMEDY), component.failure());
        assertEquals(List.of(RELATIVE, component.failure()), aborts);
        component.deactivate();
    }

    @Test
    void healthCheckAndProvisioning_areToldWhatIsMissing() {
        GuardReport report = new GuardReport(CONTEXT, component("pinFolder", "pins"));
        List<String> told = new ArrayList<>();
        report.bindProvisioning(provisioning(told));
        assertEquals(List.of(RELATIVE), told);
        Result result = report.execute();
        assertEquals(Result.Status.CRITICAL, result.getStatus());
        List<String> messages = new ArrayList<>();
        result.forEach((ResultLog.Entry entry) -> messages.add(entry.getMessage()));
        assertEquals(List.of(RELATIVE), messages);
    }

    private InterceptionComponent component(String member, Object value) {
        return new InterceptionComponent(CONTEXT, config(member, value), aborts::add);
    }

    private static Provisioning provisioning(List<String> told) {
        return new Provisioning() {
            @Override
            public void ready(ProvisionFlag flag) {
                told.add(flag + " ready");
            }

            @Override
            public void notReady(ProvisionFlag flag, String message) {
                assertEquals(ProvisionFlag.REDIRECTOR_READY, flag);
                told.add(message);
            }

            @Override
            public ProvisionReport query(String tick, boolean notify) {
                throw new AssertionError("not expected: query");
            }
        };
    }

    /** The defaults, except one member. */
    private static InterceptionComponent.Config config(String member, Object value) {
        return (InterceptionComponent.Config) Proxy.newProxyInstance(
                InterceptionComponentTest.class.getClassLoader(),
                new Class<?>[] {InterceptionComponent.Config.class},
                (proxy, method, arguments) -> method.getName().equals(member) ? value : method.getDefaultValue());
    }
}
