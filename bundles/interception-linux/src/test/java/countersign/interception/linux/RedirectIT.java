package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every way to connect ends at the agent, with the truth about who connected (interception.md section 8, T1 to T9 and T18). */
class RedirectIT {
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

    @Test
    void ipv4_isRedirectedAndAttributed() {
        String reply = sandbox.client("connect", Sandbox.IMDS, "80");
        System.out.println(reply);
        assertTrue(reply.contains("attributed endpoint=imds"), reply);
    }
}
