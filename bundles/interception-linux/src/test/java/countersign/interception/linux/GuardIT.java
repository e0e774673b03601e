package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fail closed: without the agent, against tampering, past the hooks, and back (interception.md sections 5 and 8: T2, T9 to T16). */
@ExtendWith(KernelCondition.class)
class GuardIT {
    private static final String DENIED = "connect: EPERM";
    private Sandbox sandbox;
    private Path pins;

    @BeforeEach
    void open() throws IOException {
        sandbox = Sandbox.open();
        pins = sandbox.pins("countersign");
    }

    @AfterEach
    void close() {
        if (sandbox != null) {
            sandbox.close();
        }
    }

    @Test
    void withoutPolicy_everythingIsTransparent() {
        assertTrue(connect().endsWith(" fabric"));
        Sandbox.Child agent = start("unredirected");

        assertTrue(connect().endsWith(" fabric"));
        assertEquals("3 redirected", agent.ask("redirect all"));
        assertTrue(connect().contains(" attributed "));
        assertEquals("0 redirected", agent.ask("redirect none"));
        assertTrue(connect().endsWith(" fabric"));
    }

    @Test
    void redirectedButUnclaimed_isRefused() {
        start("unclaimed");
        assertEquals(DENIED, connect());
    }

    @Test
    void killedAgent_leavesEndpointsClosedAndItsPlaceEmpty() {
        Sandbox.Child agent = start();
        agent.kill();

        assertEquals(DENIED, connect());
        assertEquals(DENIED, sandbox.client("connect", "--six", Sandbox.IMDS, "80"));
        assertEquals("bind: EPERM", sandbox.client("listen", "127.0.0.1", "3080"));
        assertEquals("bind: EPERM", sandbox.client("--uid", "65534", "listen", "0.0.0.0", "3080"));
        assertEquals("bind: EPERM", sandbox.client("--uid", "65534", "listen", "::", "3080"));
    }

    @Test
    void restartOverPinnedState_keepsThePolicyAndWorksAgain() {
        start().kill();
        Sandbox.Child second = sandbox.agent(pins);

        String started = second.expect("started");
        assertTrue(Stream.of("imds", "wireserver", "hostga").allMatch(started::contains), started);
        assertTrue(started.endsWith("ready true"), started);
        assertTrue(connect().contains(" attributed endpoint=imds "));
        assertEquals("fabric", second.ask("connect"));
    }

    @Test
    void programUpdateUnderLoad_losesAndConfusesNothing() {
        Sandbox.Child agent = start();
        Sandbox.Child hammer = sandbox.startClient(
                "hammer", "4", "4", "500", "2000", Sandbox.IMDS, "80", sandbox.nettool.toString());
        for (int i = 0; i < 3; i++) {
            String reloaded = agent.ask("reload");
            assertTrue(reloaded.startsWith("reloaded in "), reloaded);
            System.out.println(reloaded);
        }
        String totals = hammer.expect("right=");
        System.out.println("updates under load: " + totals);
        assertTrue(totals.startsWith("right=8000 wrong=0 missing=0 refused=0 failed=0 "), totals);
    }

    @Test
    void secondAgent_isRefused() {
        start();
        Sandbox.Child second = sandbox.agent(pins);
        second.expect("another agent, process ");
        assertTrue(connect().contains(" attributed "));
    }

    @Test
    void agentItself_reachesTheHost() {
        Sandbox.Child agent = start();
        assertEquals("fabric", agent.ask("connect"));
        assertEquals("1", agent.ask("counter agent-passed"));
    }

    @Test
    void recycledAgentPid_isNotExempt() throws IOException {
        Sandbox.Child agent = start();
        rewriteConfig(Layout.Config.AGENT_START_TICKS, 1);

        assertTrue(agent.ask("connect").startsWith("attributed endpoint=imds "));
        assertEquals("[the configuration was changed]", agent.ask("repair"));
        assertEquals("fabric", agent.ask("connect"));
    }

    @Test
    void detachedProgram_isFoundAndAttachedAgain() {
        Sandbox.Child agent = start();
        assertEquals("[]", agent.ask("repair"));
        sandbox.detachLink(pins, Hook.CONNECT4);

        assertEquals("[program connect4 was not attached as expected]", agent.ask("repair"));
        assertEquals("true", agent.ask("ready"));
        assertTrue(connect().contains(" attributed "));
    }

    @Test
    void unpinnedLinkAndChangedPolicy_areFoundAndRepaired() throws IOException {
        Sandbox.Child agent = start();
        Files.delete(new PinFolder(pins).link(Hook.SOCK_OPS.program()));
        new Policy(sandbox.map(pins, "policy")).set(Set.of());

        assertEquals("[program sock_ops was not attached as expected, the policy was changed]", agent.ask("repair"));
        assertTrue(Files.exists(new PinFolder(pins).link(Hook.SOCK_OPS.program())));
        assertTrue(connect().contains(" attributed "));
    }

    @Test
    void withoutConnect6_theEgressGuardStillHolds() {
        Sandbox.Child agent = start();
        sandbox.detachLink(pins, Hook.CONNECT6);

        assertEquals("connect: EINPROGRESS", sandbox.client("--patience", "3", "connect", "--six", Sandbox.IMDS, "80"));
        assertTrue(Long.parseLong(agent.ask("counter egress-denied")) > 0);
    }

    @Test
    void withoutConnect6AndEgressGuard_mappedSocketsEscape() {
        start("egressGuard=false");
        assertTrue(sandbox.client("connect", "--six", Sandbox.IMDS, "80").contains(" attributed "));
        sandbox.detachLink(pins, Hook.CONNECT6);

        assertTrue(sandbox.client("connect", "--six", Sandbox.IMDS, "80").endsWith(" fabric"));
    }

    @Test
    void connectionFromBeforeTheAgent_cannotSend() {
        Sandbox.Child client = sandbox.startClient("--patience", "3", "late", Sandbox.WIRESERVER, "32526");
        client.expect("connected");
        Sandbox.Child agent = start();

        assertEquals("read: EAGAIN", client.ask("go"));
        assertTrue(Long.parseLong(agent.ask("counter egress-denied")) > 0);
    }

    @Test
    void rawSocket_cannotSendASyn() {
        assertEquals("syn-ack", sandbox.client("raw", "10.99.0.1", Sandbox.IMDS, "80"));
        start();
        assertEquals("send: EPERM", sandbox.client("raw", "10.99.0.1", Sandbox.IMDS, "80"));
    }

    @Test
    void rawFragment_cannotHideWhatFollows() {
        assertEquals("sent", sandbox.client("fragment", "10.99.0.1", Sandbox.IMDS, "80", "16"));
        Sandbox.Child agent = start();

        assertEquals("send: EPERM", sandbox.client("fragment", "10.99.0.1", Sandbox.IMDS, "80", "16"));
        assertEquals("1", agent.ask("counter egress-fragment-denied"));
        assertEquals("send: EPERM", sandbox.client("fragment", "10.99.0.1", Sandbox.IMDS, "80", "8"));
        assertEquals("1", agent.ask("counter egress-malformed-denied"));
        assertEquals("sent", sandbox.client("fragment", "10.99.0.1", Sandbox.IMDS, "53", "16"));
    }

    /** A documented limit: no cgroup hook lies on this path. Fails the day one does. */
    @Test
    void packetSocket_reachesTheFabric() {
        start();
        assertEquals("syn-ack", sandbox.client("packet", "up0", sandbox.fabricMac(), "10.99.0.1", Sandbox.IMDS, "80"));
    }

    @Test
    void listenerWithoutMark_getsNoConnections() {
        Sandbox.Child agent = start();
        agent.ask("close-listener");
        assertEquals(DENIED, connect());
        assertEquals("1", agent.ask("counter no-listener-denied"));

        assertEquals("listening, unmarked", agent.ask("listen-again"));
        assertEquals(DENIED, connect());
        assertEquals("1", agent.ask("counter foreign-listener-denied"));

        assertEquals("[the listener's mark or target was changed]", agent.ask("repair"));
        assertTrue(connect().contains(" attributed "));
    }

    @Test
    void unknownNamespace_whenPassed_isNotRedirected() {
        Sandbox.Child agent = start("denyUnknownNetns=false");
        String reply = sandbox.client("--own-network", "connect", Sandbox.IMDS, "80");
        assertEquals("connect: ENETUNREACH", reply);
        assertEquals("1", agent.ask("counter unknown-netns-passed"));
    }

    @Test
    void rateLimit_countsEachCgroupForItself() throws Exception {
        start("rate");
        assertLimited(() -> sandbox.client("burst", "10", Sandbox.IMDS, "80"));
        assertLimited(() -> sandbox.clientInOtherCgroup("burst", "10", Sandbox.IMDS, "80"));

        Sandbox.await(() -> sandbox.client("burst", "1", Sandbox.IMDS, "80").startsWith("connected=1 "));
    }

    /** Five at once, and two more for each second that it takes. */
    private static void assertLimited(Callable<String> burst) throws Exception {
        long begin = System.nanoTime();
        String told = burst.call();
        long later = 1 + 2 * (System.nanoTime() - begin) / 1_000_000_000;
        Matcher numbers = Pattern.compile("connected=(\\d+) EPERM=0 EAGAIN=(\\d+) other=0").matcher(told);
        assertTrue(numbers.matches(), told);
        int connected = Integer.parseInt(numbers.group(1));
        assertTrue(connected >= 5 && connected <= Math.min(10, 5 + later), told);
        assertEquals(10 - connected, Integer.parseInt(numbers.group(2)), told);
    }

    @Test
    void fullFlowTable_refusesNewcomersAndForgetsNobody() throws IOException {
        Sandbox.Child agent = start("tables=16");
        assertEquals("attributed=16 unattributed=24 failed=0", sandbox.client("hold", "40", Sandbox.IMDS, "80"));

        assertEquals("24", agent.ask("counter flows-full-denied"));
        Sandbox.await(() -> entries("flows") + entries("accepted") == 0);
    }

    @Test
    void detach_isRefusedWhileTheAgentRuns_thenLeavesNothing() {
        Sandbox.Child agent = start();
        Sandbox.Result refused = Sandbox.run(detach());
        assertEquals(1, refused.status());
        assertTrue(refused.output().matches("the agent, process \\d+, still runs and would attach again\\. Stop it first\n"), refused.output());
        assertTrue(connect().contains(" attributed "));
        agent.kill();

        Sandbox.Result done = Sandbox.run(detach());
        assertEquals("interception is off; nothing is pinned in " + pins + "\n", done.output());
        assertEquals(0, done.status());
        assertFalse(Files.exists(pins));
        assertTrue(connect().endsWith(" fabric"));
        assertEquals("nothing is pinned in " + pins + "\n", Sandbox.run(detach()).output());
    }

    private Sandbox.Child start(String... options) {
        Sandbox.Child agent = sandbox.agent(pins, options);
        agent.expect("started");
        return agent;
    }

    private String connect() {
        return sandbox.client("connect", Sandbox.IMDS, "80");
    }

    private void rewriteConfig(int offset, long value) throws IOException {
        BpfMap map = sandbox.map(pins, "config");
        OffHeap key = new OffHeap(Integer.BYTES);
        OffHeap config = new OffHeap(Layout.Config.SIZE);
        map.lookup(key, config);
        config.bytes.putLong(offset, value);
        map.update(key, config);
    }

    private int entries(String map) {
        try {
            return sandbox.entries(pins, map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command an operator types: three jars or folders, no framework, no logging. */
    private List<String> detach() {
        String path = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.contains("slf4j") && !entry.contains("junit"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", path));
        command.addAll(List.of(Detach.class.getName(), "--pin-folder", pins.toString()));
        return command;
    }
}
