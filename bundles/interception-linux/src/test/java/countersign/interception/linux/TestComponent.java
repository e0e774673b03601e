package countersign.interception.linux;

import countersign.endpoint.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The component as a service framework would run it, in a process of its own; arguments: cgroup, pin folder. Each line
 * {@code name=value} on standard input changes its configuration, any other is answered by what the component tells.
 */
final class TestComponent {
    private TestComponent() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> values = new HashMap<>(Map.of("cgroupRoot", arguments[0], "pinFolder", arguments[1]));
        InterceptionComponent component = new InterceptionComponent(config(values), message -> System.out.println("abort: " + message));
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(TestAgent.LISTENER);
            System.out.println("ready " + component.ready());
            component.claim(TestAgent.LISTENER);
            component.redirect(Set.of(Endpoint.IMDS));
            obey(component, values);
        }
        component.deactivate();
        System.out.println("stopped");
    }

    private static void obey(InterceptionComponent component, Map<String, Object> values) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("claimed");
        for (String line = commands.readLine(); line != null && !line.equals("stop"); line = commands.readLine()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), Boolean.valueOf(line.substring(equals + 1)));
                component.modified(config(values));
            }
            System.out.println(component.ready() + " " + component.redirected() + " " + component.counters());
        }
    }

    private static InterceptionComponent.Config config(Map<String, Object> values) {
        Map<String, Object> copy = Map.copyOf(values);
        return (InterceptionComponent.Config) Proxy.newProxyInstance(
                TestComponent.class.getClassLoader(),
                new Class<?>[] {InterceptionComponent.Config.class},
                (proxy, method, arguments) -> copy.getOrDefault(method.getName(), method.getDefaultValue()));
    }
}
