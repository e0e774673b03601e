package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who connected is told by the kernel, and what is not proven is not told (interception.md section 4 and T17). */
@ExtendWith(KernelCondition.class)
class IdentityIT {
    private static Sandbox sandbox;
    private static Sandbox.Child agent;

    @BeforeAll
    static void start() throws IOException {
        sandbox = Sandbox.open();
        agent = sandbox.agent(sandbox.pins("main"));
        agent.expect("started");
    }

    @AfterAll
    static void stop() {
        if (sandbox != null) {
            sandbox.close();
        }
    }

    @Test
    void userWithGroupZero_isNotRoot() {
        String reply = sandbox.client("--uid", "65534", "connect", Sandbox.IMDS, "80");
        assertTrue(reply.contains(" uid=65534 gid=0 euid=65534 elevated=false mapped=false name=nobody groups=nogroup "), reply);
    }

    @Test
    void rootWithOtherGroup_isRoot() {
        String reply = sandbox.client("--gid", "65534", "connect", Sandbox.IMDS, "80");
        assertTrue(reply.contains(" uid=0 gid=65534 euid=0 elevated=true mapped=false name=root groups=root"), reply);
    }

    @Test
    void uidWithoutAccount_hasNoName() {
        String reply = sandbox.client("--uid", "1234567", "connect", Sandbox.IMDS, "80");
        assertTrue(reply.contains(" uid=1234567 gid=0 euid=1234567 elevated=false mapped=false name=- groups= exe="), reply);
    }

    @Test
    void setUidProgram_isNotElevatedAndNamedByItsRealUser() throws IOException {
        Path program = sandbox.folder.resolve("setuid");
        Files.copy(sandbox.nettool, program);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Sandbox.must("chmod", "4755", program.toString());

        String reply = sandbox.inHost(List.of(
                "setpriv", "--reuid=65534", "--clear-groups", program.toString(), "connect", Sandbox.IMDS, "80"));

        assertTrue(reply.contains(" uid=65534 gid=0 euid=0 elevated=false mapped=false name=nobody "), reply);
        assertTrue(reply.contains(" exe=" + program + " "), reply);
    }

    @Test
    void rootOfAnotherUserNamespace_isNotElevated() {
        String user = sandbox.client("--uid", "1234", "--as-root-user-namespace", "connect", Sandbox.IMDS, "80");
        String root = sandbox.client("--as-root-user-namespace", "connect", Sandbox.IMDS, "80");

        assertTrue(user.contains(" uid=1234 gid=0 euid=1234 elevated=false "), user);
        assertTrue(root.contains(" uid=0 gid=0 euid=0 elevated=false "), root);
    }

    @Test
    void fileMountedOverAnother_doesNotGetItsPath() {
        String script = "mount --bind " + sandbox.nettool + " /bin/true && exec /bin/true connect " + Sandbox.IMDS + " 80";
        String reply = sandbox.inHost(List.of("unshare", "-m", "sh", "-c", script));

        assertTrue(reply.contains(" uid=0 gid=0 euid=0 elevated=true "), reply);
        assertTrue(reply.contains(" exe=- cmd=/bin/true connect "), reply);
    }

    @Test
    void sameFileInAnotherMountNamespace_keepsItsPath() {
        String reply = sandbox.inHost(
                List.of("unshare", "-m", sandbox.nettool.toString(), "connect", Sandbox.IMDS, "80"));
        assertTrue(reply.contains(" exe=" + sandbox.nettool + " cmd="), reply);
    }

    @Test
    void programOnOverlayfs_keepsItsPath() {
        String merged = sandbox.folder + "/merged";
        String script = "cd " + sandbox.folder + " && mkdir lower upper work merged && cp nettool lower/"
                + " && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none merged";
        Sandbox.Result mounted = Sandbox.run(List.of("sh", "-c", script));
        Assumptions.assumeTrue(mounted.status() == 0, () -> "no overlayfs here: " + mounted.output());

        String reply = sandbox.inHost(List.of(merged + "/nettool", "connect", Sandbox.IMDS, "80"));
        Sandbox.must("umount", merged);
        assertTrue(reply.contains(" exe=" + merged + "/nettool cmd="), reply);
    }

    @Test
    void execBetweenConnectAndAttribution_leavesPathUnknown() {
        agent.ask("pause");
        Sandbox.Child client = sandbox.startClient("exec-late", "/bin/cat", Sandbox.IMDS, "80");
        Sandbox.await(() -> ProcessHandle.of(client.pid()).flatMap(process -> process.info().command()).orElse("").endsWith("/cat"));
        agent.ask("resume");

        String reply = client.expect("attributed");
        assertTrue(reply.contains(" tgid=" + client.pid() + " "), reply);
        assertTrue(reply.endsWith(" exe=- cmd=-"), reply);
    }

    @Test
    void endBetweenConnectAndAttribution_isStillAttributedByTheKernel() {
        agent.ask("pause");
        long before = Long.parseLong(agent.ask("attributed"));
        sandbox.client("burst", "1", Sandbox.IMDS, "80");
        agent.ask("resume");

        agent.await("attributed", Long.toString(before + 1));
    }

    @Test
    void pathThatIsNotUtf8_isRefused() {
        String script = "cd " + sandbox.folder + " && name=$(printf 'x\\377') && cp nettool \"$name\" && \"./$name\" connect "
                + Sandbox.IMDS + " 80; rm -f \"$name\"";
        assertTrue(sandbox.inHost(List.of("sh", "-c", script)).endsWith(" unattributed EXECUTABLE_NAME"));
    }
}
