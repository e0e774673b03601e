package countersign.interception.linux;

import countersign.endpoint.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * The component as a service framework would run it, in a process of its own; arguments: cgroup, pin folder. Each line
 * {@code name=value} on standard input changes its configuration, any other is answered by what the component tells.
 */
final class TestComponent {
    private TestComponent() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> values = new HashMap<>(Map.of("cgroupRoot", arguments[0], "pinFolder", arguments[1]));
        InterceptionComponent component = new InterceptionComponent(context(), config(values), message -> System.out.println("abort: " + message));
        Interception interception = component.interception().orElseThrow();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(TestAgent.LISTENER);
            System.out.println("ready " + interception.ready());
            interception.claim(TestAgent.LISTENER);
            interception.redirect(Set.of(Endpoint.IMDS));
            obey(component, interception, values);
        }
        component.deactivate();
        System.out.println("stopped");
    }

    private static void obey(InterceptionComponent component, Interception interception, Map<String, Object> values) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("claimed");
        for (String line = commands.readLine(); line != null && !line.equals("stop"); line = commands.readLine()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), Boolean.valueOf(line.substring(equals + 1)));
                component.modified(config(values));
            }
            System.out.println(interception.ready() + " " + interception.redirected() + " " + interception.counters());
        }
    }

    /** Prints which services come and go. */
    private static BundleContext context() {
        return proxy(BundleContext.class, (proxy, method, arguments) -> {
            System.out.println("registered " + Arrays.toString((String[]) arguments[0]));
            return proxy(ServiceRegistration.class, (registration, unregister, none) -> {
                System.out.println("unregistered");
                return null;
            });
        });
    }

    private static InterceptionComponent.Config config(Map<String, Object> values) {
        Map<String, Object> copy = Map.copyOf(values);
        return proxy(InterceptionComponent.Config.class, (proxy, method, arguments) -> copy.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(TestComponent.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
