package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.provisioning.Provisioning;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ListenerKeeperTest {
    private static final ListenerKeeper.Pace QUICK =
            new ListenerKeeper.Pace(3, Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofMillis(20));

    /** Other programs' ports are at 127.0.0.1: a port that was closed here is not taken by one of them. */
    private static final byte[] HOST = {127, 0, 71, 2};

    private final Services services = new Services();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<AgentEvent> notices = new LinkedBlockingQueue<>();
    private final BlockingQueue<Listener> listening = new LinkedBlockingQueue<>();
    private ListenerKeeper keeper;

    @AfterEach
    void close() {
        keeper.close();
    }

    @Test
    void openListener_isToldAndClaimed() throws Exception {
        keep(0);
        services.provisioning.bind(provisioning());
        keeper.bindInterceptor(interceptor(0));
        keeper.start();
        Listener listener = listening.poll(30, TimeUnit.SECONDS);
        assertNotNull(listener);
        assertEquals("ready LISTENER_READY", told.poll(30, TimeUnit.SECONDS));
        assertEquals("claimed " + listener.address(), told.poll(30, TimeUnit.SECONDS));
        NoticeEvent notice = (NoticeEvent) notices.poll(30, TimeUnit.SECONDS);
        assertEquals("ListenerStarted", notice.name());
        assertTrue(listener.address().getAddress().isLoopbackAddress());
        assertEquals("OK [proxyConnectionsCount=0, Started proxy listener at " + listener.address() + "]", health());
    }

    @Test
    void interceptorThatComesLater_claimsToo() throws Exception {
        keep(0);
        keeper.start();
        Listener listener = listening.poll(30, TimeUnit.SECONDS);
        keeper.bindInterceptor(interceptor(0));
        assertEquals("claimed " + listener.address(), told.poll(30, TimeUnit.SECONDS));
        keeper.bindInterceptor(interceptor(0));
        assertEquals("claimed " + listener.address(), told.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void claimThatFails_isTriedAgain() throws Exception {
        keep(0);
        keeper.bindInterceptor(interceptor(2));
        keeper.start();
        assertEquals("refused", told.poll(30, TimeUnit.SECONDS));
        assertEquals("refused", told.poll(30, TimeUnit.SECONDS));
        assertTrue(told.poll(30, TimeUnit.SECONDS).startsWith("claimed"));
    }

    @Test
    void addressInUse_isReportedAfterItsTries_andTakenWhenItIsFree() throws Exception {
        try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getByAddress(HOST))) {
            keep(occupied.getLocalPort());
            services.provisioning.bind(provisioning());
            assertEquals("TEMPORARILY_UNAVAILABLE [Proxy listener is not open yet.]", health());
            keeper.start();
            assertTrue(told.poll(30, TimeUnit.SECONDS).startsWith("notReady LISTENER_READY"));
            assertTrue(health().startsWith("CRITICAL ["), health());
            NoticeEvent notice = (NoticeEvent) notices.poll(30, TimeUnit.SECONDS);
            assertEquals(NoticeEvent.Level.WARN, notice.level());
            assertEquals("ListenerFailed", notice.name());
            assertTrue(notice.message().contains(String.valueOf(occupied.getLocalPort())), notice.message());
        }
        Listener listener = listening.poll(30, TimeUnit.SECONDS);
        assertNotNull(listener);
        Rig.await("ready", () -> told.contains("ready LISTENER_READY"));
    }

    @RepeatedTest(10)
    void close_freesTheAddressAtOnce_andLeavesNoClientWaiting() throws Exception {
        keep(0);
        keeper.start();
        InetSocketAddress address = listening.poll(30, TimeUnit.SECONDS).address();
        try (Socket client = new Socket()) {
            client.setSoTimeout(30_000);
            client.connect(address);
            keeper.close();
            assertTrue(isClosed(client));
        }
        new ServerSocket(address.getPort(), 1, InetAddress.getByAddress(HOST)).close();
    }

    /** By an end or, if it had not been accepted yet, a reset; a timeout is neither. */
    private static boolean isClosed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private String health() {
        FormattingResultLog log = new FormattingResultLog();
        keeper.report(log);
        List<String> messages = new ArrayList<>();
        log.forEach(entry -> messages.add(entry.getMessage()));
        return new Result(log).getStatus() + " " + messages;
    }

    private void keep(int port) {
        services.telemetry.bind(notices::add);
        keeper = new ListenerKeeper(
                () -> new Listener(new InetSocketAddress("127.0.71.2", port), services, Rig.brief(Rig.Time.ABSENCE), () -> Settings.STANDARD, Endpoint::address), QUICK, services, listening::add);
    }

    private Provisioning provisioning() {
        return new Provisioning() {
            @Override
            public void ready(ProvisionFlag flag) {
                told.add("ready " + flag);
            }

            @Override
            public void notReady(ProvisionFlag flag, String message) {
                told.add("notReady " + flag + " " + message);
            }

            @Override
            public ProvisionReport query(String tick, boolean notify) {
                throw new AssertionError();
            }
        };
    }

    private Interceptor interceptor(int refusals) {
        return new Interceptor() {
            private int left = refusals;

            @Override
            public void claim(InetSocketAddress listener) throws InterceptionException {
                if (left-- > 0) {
                    told.add("refused");
                    throw new InterceptionException("not yet");
                }
                told.add("claimed " + listener);
            }

            @Override
            public void redirect(Set<Endpoint> endpoints) {}

            @Override
            public Set<Endpoint> redirected() {
                return Set.of();
            }

            @Override
            public boolean ready() {
                return true;
            }

            @Override
            public Map<String, Long> counters() {
                return Map.of();
            }
        };
    }
}
