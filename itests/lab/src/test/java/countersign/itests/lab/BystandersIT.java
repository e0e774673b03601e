package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who is root and who is not, and what is not the agent's business. */
class BystandersIT extends LabTest {
    private static final String GUEST = "10.77.0.1:";

    @BeforeAll
    void guard() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        lab().bystander(Network.WIRESERVER, 53, true);
        lab().bystander(Network.IMDS, 80, false);
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    @Test
    void ordinaryUserInRootsGroup_isNotRoot() throws IOException {
        Talker talker = stage().talker(new User(65534, 0));
        assertEquals("200 verified isRoot=false", stage().tell(() -> talker.ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
        assertEquals("403, nothing reached the host",
                stage().tell(() -> talker.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));
    }

    @Test
    void rootInOrdinaryGroup_isRoot() throws IOException {
        Talker talker = stage().talker(new User(0, 65534));
        assertEquals("200 verified isRoot=true",
                stage().tell(() -> talker.ask(Network.WIRESERVER, 80, Stage.wireserver(Stage.GOAL_STATE))));
    }

    @Test
    void userWithoutAccount_isServedAsOrdinaryUser() throws IOException {
        Talker talker = stage().talker(new User(4_000_000, 4_000_000));
        assertEquals("200 verified isRoot=false", stage().tell(() -> talker.ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }

    @Test
    void datagramsToGuardedAddresses_goDirect() throws IOException {
        Talker talker = stage().talker(User.NOBODY);
        for (String address : new String[] {Network.WIRESERVER, Network.IMDS}) {
            int port = address.equals(Network.IMDS) ? 80 : 53;
            String peer = new String(talker.askUdp(address, port, new byte[] {1}), StandardCharsets.US_ASCII);
            assertTrue(peer.startsWith(GUEST), peer);
        }
    }

    @Test
    void connectionToAnotherPortOfGuardedAddress_goesDirect() throws IOException {
        try (Talker.Line line = stage().talker(User.NOBODY).open(Network.WIRESERVER, 53)) {
            Answer answer = line.ask(Request.get("/", Network.WIRESERVER));
            assertEquals(GUEST + line.localPort(), answer.text());
        }
    }

    @Test
    void connectionStraightToTheListener_isRefused() throws IOException {
        assertEquals("421, nothing reached the host",
                stage().tell(() -> stage().talker(User.ROOT).ask("127.0.0.1", 3080, Stage.imds(Stage.INSTANCE))));
    }

    @Test
    void processOutsideTheGuardedCgroup_isRefusedByTheHost() throws IOException {
        Talker talker = lab().talker(lab().unguarded(User.ROOT));
        assertEquals("401 signature-missing", stage().tell(() -> talker.ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }
}
