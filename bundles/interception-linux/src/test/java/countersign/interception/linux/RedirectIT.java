package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to connect ends at the agent, or is none of its business (interception.md section 8: T1, T5 to T8, T12, T13, T18). */
@ExtendWith(KernelCondition.class)
class RedirectIT {
    private static final Path IO_URING_SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");
    private static final String DENIED = "connect: EPERM";
    private static Sandbox sandbox;
    private static Sandbox.Child agent;

    @BeforeAll
    static void start() throws IOException {
        sandbox = Sandbox.open();
        agent = sandbox.agent(sandbox.pins("main"));
        System.out.println(agent.expect("started"));
    }

    @AfterAll
    static void stop() {
        if (sandbox != null) {
            sandbox.close();
        }
    }

    static Stream<List<String>> waysToConnect() {
        return Stream.of(
                List.of(),
                List.of("--six"),
                List.of("--nonblock"),
                List.of("--six", "--nonblock"),
                List.of("--fastopen"),
                List.of("--fastopen-connect"),
                List.of("--multipath"),
                List.of("--six", "--multipath"),
                List.of("--port", "45678"),
                List.of("--bind", "10.99.0.1"),
                List.of("--bind", "127.0.0.2"),
                List.of("--child"),
                List.of("--mark", "4660"));
    }

    @ParameterizedTest
    @MethodSource("waysToConnect")
    void anyWayToConnect_isAttributedToTheConnectingProcess(List<String> options) {
        List<String> arguments = new ArrayList<>(List.of("connect"));
        arguments.addAll(options);
        arguments.addAll(List.of(Sandbox.IMDS, "80"));

        String reply = sandbox.client(arguments.toArray(String[]::new));

        String pid = reply.replaceFirst("^pid=(\\d+) .*", "$1");
        String expected = "pid=" + pid + " attributed endpoint=imds tgid=" + pid + " tid=" + pid + " uid=0 gid=0 euid=0 elevated=true"
                + " mapped=" + options.contains("--six") + " name=root groups=";
        assertTrue(reply.startsWith(expected), reply);
        assertTrue(reply.contains(" exe=" + sandbox.nettool + " cmd=" + sandbox.nettool + " connect "), reply);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "3"})
    void ioUring_isAttributedToItsProcess(String way) {
        Assumptions.assumeTrue(Files.notExists(IO_URING_SWITCH) || ioUringOn(), "io_uring is switched off");
        String reply = sandbox.client("connect", "--uring", way, Sandbox.IMDS, "80");

        String pid = reply.replaceFirst("^pid=(\\d+) .*", "$1");
        assertTrue(reply.startsWith("pid=" + pid + " attributed endpoint=imds tgid=" + pid + " "), reply);
        assertTrue(reply.contains(" exe=" + sandbox.nettool + " "), reply);
    }

    @ParameterizedTest
    @CsvSource({"169.254.169.254, 80, imds", "168.63.129.16, 80, wireserver", "168.63.129.16, 32526, hostga"})
    void eachEndpoint_isTold(String address, String port, String endpoint) {
        String reply = sandbox.client("connect", address, port);
        assertTrue(reply.contains(" attributed endpoint=" + endpoint + " "), reply);
    }

    @Test
    void getpeername_showsTheOriginalDestination() {
        String ipv4 = sandbox.client("connect", "--peer", Sandbox.IMDS, "80");
        String mapped = sandbox.client("connect", "--peer", "--six", Sandbox.IMDS, "80");

        assertTrue(ipv4.startsWith("peer=169.254.169.254 port=80 "), ipv4);
        assertTrue(mapped.startsWith("peer=::ffff:169.254.169.254 port=80 "), mapped);
    }

    @Test
    void javaClient_withDefaults_isCaughtAsMappedIpv6() {
        List<String> command = new ArrayList<>(Sandbox.java());
        command.add(TestClient.class.getName());
        String[] replies = sandbox.inHost(command).split("\n");

        assertTrue(replies[0].startsWith("/169.254.169.254:80 attributed endpoint=imds "), replies[0]);
        assertTrue(replies[0].contains(" mapped=true "), replies[0]);
        assertTrue(replies[1].contains(" mapped=true "), replies[1]);
    }

    @Test
    void javaClient_preferringIpv4_isCaught() {
        List<String> command = new ArrayList<>(Sandbox.java("-Djava.net.preferIPv4Stack=true"));
        command.add(TestClient.class.getName());
        String[] replies = sandbox.inHost(command).split("\n");

        assertTrue(replies[0].contains(" attributed endpoint=imds "), replies[0]);
        assertTrue(replies[0].contains(" mapped=false "), replies[0]);
    }

    @Test
    void otherPortsAndProtocols_areUntouched() {
        assertEquals("fabric", sandbox.client("udp", Sandbox.WIRESERVER, "53"));
        assertTrue(sandbox.client("connect", Sandbox.WIRESERVER, "53").endsWith(" fabric"));
    }

    @Test
    void directConnectToTheProxy_hasNoRecord() {
        assertTrue(sandbox.client("connect", "127.0.0.1", "3080").endsWith(" unattributed NO_RECORD"));
    }

    @Test
    void redirectedThenDisconnectedThenDirect_hasNoRecord() {
        String replies = sandbox.client("reconnect", Sandbox.IMDS, "80", "127.0.0.1", "3080");
        assertTrue(replies.matches("attributed endpoint=imds .* \\| unattributed NO_RECORD"), replies);
    }

    @Test
    void portOfAnEarlierCaller_lendsNoIdentity() {
        String victim = sandbox.client("connect", "--bind", "127.0.0.1", "--port", "47001", Sandbox.IMDS, "80");
        String thief = sandbox.client("--uid", "65534", "connect", "--bind", "127.0.0.1", "--port", "47001", "127.0.0.1", "3080");

        assertTrue(victim.contains(" attributed endpoint=imds "), victim);
        assertTrue(thief.endsWith(" unattributed NO_RECORD"), thief);
    }

    @Test
    void samePortOnTwoAddresses_keepsTwoIdentities() {
        agent.ask("pause");
        long before = Long.parseLong(agent.ask("counter accepted"));
        Sandbox.Child first = sandbox.startClient("--uid", "1001", "connect", "--bind", "127.0.0.1", "--port", "47002", Sandbox.IMDS, "80");
        Sandbox.Child second = sandbox.startClient("--uid", "1002", "connect", "--bind", "127.0.0.2", "--port", "47002", Sandbox.IMDS, "80");
        agent.await("counter accepted", Long.toString(before + 2));
        agent.ask("resume");

        String one = first.expect("attributed");
        String two = second.expect("attributed");
        assertTrue(one.contains(" uid=1001 "), one);
        assertTrue(two.contains(" uid=1002 "), two);
    }

    @Test
    void clientThatClosedBeforeItsTurn_isStillAttributed() {
        agent.ask("pause");
        long before = Long.parseLong(agent.ask("attributed"));
        assertEquals("connected=10 EPERM=0 EAGAIN=0 other=0", sandbox.client("burst", "10", Sandbox.IMDS, "80"));
        agent.ask("resume");

        agent.await("attributed", Long.toString(before + 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2", "::1", "10.99.0.1"})
    void portOfTheProxy_isForTheAgentOnly(String address) {
        assertEquals("bind: EPERM", sandbox.client("--uid", "65534", "listen", address, "3080"));
        assertEquals("bind: EPERM", sandbox.client("listen", address, "3080"));
    }

    @Test
    void portOfTheProxy_isFreeInOtherNamespaces() {
        Sandbox.Child other = sandbox.startIn(sandbox.fabric, true, List.of(sandbox.nettool.toString(), "listen", "127.0.0.1", "3080"));
        other.expect("listening");
        other.end();
    }

    @Test
    void unknownNetworkNamespace_isRefused() {
        long before = Long.parseLong(agent.ask("counter unknown-netns-denied"));

        assertEquals(DENIED, sandbox.client("--own-network", "connect", Sandbox.IMDS, "80"));
        assertEquals(DENIED, sandbox.client("--own-network", "connect", "--six", Sandbox.IMDS, "80"));
        assertEquals(
                DENIED, sandbox.client("--uid", "1234", "--as-root-user-namespace", "--own-network", "connect", Sandbox.IMDS, "80"));
        assertEquals(before + 3, Long.parseLong(agent.ask("counter unknown-netns-denied")));
    }

    private static boolean ioUringOn() {
        try {
            return Files.readString(IO_URING_SWITCH).strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }
}
