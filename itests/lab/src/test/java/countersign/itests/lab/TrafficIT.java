package countersign.itests.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.host.Seen;
import countersign.itests.lab.scenes.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Unusual but legal traffic from end to end: it has to arrive as it was sent. */
class TrafficIT extends LabTest {
    private static final int MANY = 5 << 20;

    @BeforeAll
    void guard() throws IOException {
        lab().host().serve(Policy.open("rules-1").document());
        stage().startAgentAndAwaitEndorsement(lab().config());
    }

    @AfterEach
    void endFaults() throws IOException {
        lab().host().endFaults();
    }

    @Test
    void exemptUpload_ofManyMegabytes_arrivesWhole() throws IOException {
        byte[] body = new byte[MANY];
        new Random(1).nextBytes(body);
        Request upload = new Request("PUT", "/vmAgentLog", List.of(), body).with("Host", Network.WIRESERVER + ":" + Stage.HOSTGA_PORT)
                .with("Content-Length", Integer.toString(body.length));
        long mark = lab().host().mark();
        assertEquals(200, stage().talker(User.ROOT).ask(Network.WIRESERVER, Stage.HOSTGA_PORT, upload).status());
        List<Seen> seen = lab().host().proxiedSince(mark);
        assertEquals(List.of("exempt " + MANY), seen.stream().map(one -> one.reason() + " " + one.bodyLength()).toList());
    }

    @Test
    void answer_ofManyMegabytes_arrivesWhole() throws IOException {
        String line = "0123456789abcdef".repeat(64);
        lab().host().fault(Map.of("service", "imds", "path", "/metadata/versions", "action", "answer", "body", line, "repeat", MANY / line.length()));
        Answer answer = nobody().ask(Network.IMDS, 80, Stage.imds("/metadata/versions"));
        assertEquals(200, answer.status());
        assertArrayEquals(line.repeat(MANY / line.length()).getBytes(java.nio.charset.StandardCharsets.US_ASCII), answer.body());
    }

    @Test
    void hostsOwnFailure_isPassedOnWithTheMark() throws IOException {
        lab().host().fault(Map.of("service", "imds", "path", "/metadata/versions", "action", "answer", "status", 500, "body", "{\"error\":\"busy\"}"));
        Answer answer = nobody().ask(Network.IMDS, 80, Stage.imds("/metadata/versions"));
        assertEquals("500 {\"error\":\"busy\"}", answer.status() + " " + answer.text());
        assertTrue(answer.forwardedByAgent());
    }

    @Test
    void answerCutByTheHost_breaksThatConnectionOnly() throws IOException {
        lab().host().fault(Map.of("service", "imds", "path", "/metadata/instance*", "action", "cut", "afterBytes", 700));
        var e = assertThrows(IOException.class, () -> nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)));
        assertTrue(e.getMessage().startsWith("closed after ") || e.getMessage().equals("Connection reset"), e.getMessage());
        lab().host().endFaults();
        assertEquals("200 verified isRoot=false", stage().tell(() -> nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE))));
    }

    @Test
    void answerCutWithinItsHead_isUnavailableAndNotAskedForAgain() throws IOException {
        assertEquals(200, nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)).status());
        lab().host().fault(Map.of("service", "imds", "path", "/metadata/instance*", "action", "cut", "afterBytes", 60, "count", 1));
        assertEquals(503, nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)).status());
    }

    @Test
    void hostClosingWithoutAnswer_isUnavailable() throws IOException {
        lab().host().fault(Map.of("service", "imds", "path", "/metadata/versions", "action", "cut"));
        Answer answer = nobody().ask(Network.IMDS, 80, Stage.imds("/metadata/versions"));
        assertEquals(503, answer.status());
        assertTrue(answer.closes());
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<String> names = List.of("vmId", "location", "name", "vmSize", "offer");
        for (String name : names) {
            all.writeBytes(Stage.imds("/metadata/instance/compute/" + name + "?api-version=2021-02-01").bytes());
        }
        try (Talker.Line line = nobody().open(Network.IMDS, 80)) {
            line.send(all.toByteArray());
            for (String name : names) {
                Answer answer = line.receive(false);
                assertEquals(200, answer.status());
                assertEquals(direct(name), answer.text(), name);
            }
        }
    }

    @Test
    void headRequest_keepsTheConnectionUsable() throws IOException {
        try (Talker.Line line = nobody().open(Network.IMDS, 80)) {
            Answer head = line.ask(new Request("HEAD", Stage.INSTANCE, Stage.imds(Stage.INSTANCE).fields(), new byte[0]));
            assertEquals("200 0", head.status() + " " + head.body().length);
            assertEquals(200, line.ask(Stage.imds(Stage.INSTANCE)).status());
        }
    }

    @Test
    void requestByteByByte_isServed() throws IOException {
        try (Talker.Line line = nobody().open(Network.IMDS, 80)) {
            for (byte one : Stage.imds(Stage.INSTANCE).bytes()) {
                line.send(new byte[] {one});
            }
            assertEquals(200, line.receive(false).status());
        }
    }

    @Test
    void clientThatLeavesWithinARequest_harmsNobody() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Talker.Line line = nobody().open(Network.IMDS, 80)) {
                line.send("GET /metadata/instance?api-version=2021-02-01 HTTP/1.1\r\nHost: 169.254".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }
            try (Talker.Line line = nobody().open(Network.IMDS, 80)) {
                line.send(Stage.imds(Stage.INSTANCE).bytes());
            }
        }
        assertEquals("200 verified isRoot=false", lastOf(stage().tell(() -> nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE)))));
    }

    /** Answers of the clients that left may still be on their way to the journal; only the own request counts. */
    private static String lastOf(String told) {
        return told.substring(0, 4) + told.substring(told.lastIndexOf("verified"));
    }

    /** The same value out of the whole document. */
    private String direct(String name) throws IOException {
        Answer whole = nobody().ask(Network.IMDS, 80, Stage.imds(Stage.INSTANCE));
        return new com.fasterxml.jackson.databind.ObjectMapper().readTree(whole.body()).path("compute").path(name).toString();
    }

    private Talker nobody() throws IOException {
        return stage().talker(User.NOBODY);
    }
}
