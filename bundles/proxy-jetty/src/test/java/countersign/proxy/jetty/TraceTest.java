package countersign.proxy.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.AttributionOutcome;
import countersign.authorization.Decision;
import countersign.authorization.Stage;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TraceTest {
    private static final Settings TRACED = new Settings(128, true);

    private final Rig rig = new Rig();
    private final Logger logger = Logger.getLogger(Trace.class.getName());
    private final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    TraceTest() throws IOException {}

    @BeforeEach
    void listen() {
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void close() throws IOException {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        rig.close();
    }

    @Test
    void forwardedRequest_isToldStageByStage() throws Exception {
        rig.settings = TRACED;
        ask("POST /x?y=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
        assertEquals(
                List.of("received POST /x?y=1", "connection 1 to imds of user 1000, process 4711 /usr/bin/probe",
                        "decided allow in stage no-rules, epoch 7, decision d-1", "body complete, 2 bytes", "forwarded to imds, signed",
                        "the host answered 200", "complete"),
                stages(1));
    }

    @Test
    void refusedRequest_endsWithItsReason() throws Exception {
        rig.settings = TRACED;
        rig.deciding = request -> new Decision.Deny(Rig.explanation(Stage.RULES));
        ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals(List.of("decided deny in stage rules, epoch 7, decision d-1", "answered 403: authorization", "complete"), stages(1).subList(2, 5));
    }

    @Test
    void clientThatLeaves_isToldToo() throws Exception {
        rig.settings = TRACED;
        try (RawClient client = rig.client()) {
            client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nh");
            Rig.await("judgement", () -> rig.judged.size() == 1);
        }
        List<String> stages = stages(1);
        assertEquals("broken off: client-gone", stages.get(stages.size() - 1));
    }

    @Test
    void unattributedAndOverlongRequest_staysShort() throws Exception {
        rig.settings = TRACED;
        rig.attributing = client -> new AttributionOutcome.Unattributed(AttributionOutcome.Reason.NO_RECORD);
        ask("GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals(List.of("received GET a target of 5001 characters", "connection 1 without attribution", "answered 421: no-record", "complete"),
                stages(1));
    }

    @Test
    void withoutTheSetting_nothingIsSaid() throws Exception {
        ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        rig.settings = TRACED;
        ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        assertEquals("complete", stages(2).get(6));
        assertTrue(records.isEmpty());
    }

    private void ask(String request) throws Exception {
        try (RawClient client = rig.client()) {
            client.ask(request);
            rig.audit();
        }
    }

    /** The texts of the next record, whose every stage must have the form of the spec. */
    private List<String> stages(int id) throws InterruptedException {
        LogRecord record = records.poll(30, TimeUnit.SECONDS);
        assertEquals(Level.WARNING, record.getLevel());
        String form = "\\[" + id + "] - \\d+ - \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3} - ";
        List<String> stages = List.of(record.getMessage().split(" \\| "));
        stages.forEach(stage -> assertTrue(stage.matches(form + ".+"), stage));
        return stages.stream().map(stage -> stage.replaceFirst(form, "")).toList();
    }
}
