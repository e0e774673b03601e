package countersign.itests.lab.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeenTest {
    @Test
    void channelSteps_nameWhatTheAgentDid() throws IOException {
        List<Seen> seen = new ArrayList<>();
        for (String[] one : new String[][] {{"/secure-channel/status", "200"}, {"/machine?comp=goalstate", "200"}, {"/secure-channel/status", "500"},
            {"/secure-channel/key", "200"}, {"/secure-channel/key/g/key-attestation", "403"}, {"/secure-channel/status", "200"}}) {
            seen.add(seen(one[0], Integer.parseInt(one[1])));
        }
        assertEquals(List.of("status", "key", "attestation 403", "status"), Seen.channelSteps(seen));
    }

    @Test
    void nullMembers_areEmptyTexts() throws IOException {
        Seen seen = seen("/", 200);
        assertEquals(List.of("", "", ""), List.of(seen.signature(), seen.keyGuid(), seen.isRoot()));
    }

    private static Seen seen(String target, int status) throws IOException {
        return Seen.of(new ObjectMapper().readTree("{\"seq\":1,\"service\":\"wireserver\",\"method\":\"GET\",\"target\":\"" + target
                + "\",\"headers\":[[\"host\",\"x\"]],\"reason\":\"verified\",\"signature\":null,\"keyGuid\":null,\"isRoot\":null,\"status\":" + status + "}"));
    }
}
