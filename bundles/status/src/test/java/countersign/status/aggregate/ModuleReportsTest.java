package countersign.status.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.status.aggregate.ModuleStatus.State;
import java.util.Map;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleReportsTest {
    @Test
    void logOfAModule_givesMessageAndFacts() {
        FormattingResultLog log = new FormattingResultLog();
        log.debug("secureChannelState={}", "disabled");
        log.debug("wireServerRuleId={}", "a=b");
        log.debug("no fact");
        log.info("starting");
        log.info("key {} in use", 7);
        assertEquals(new ModuleStatus(State.RUNNING, "key 7 in use", Map.of("secureChannelState", "disabled", "wireServerRuleId", "a=b")),
                ModuleReports.read(() -> new Result(log)));
    }

    @ParameterizedTest
    @CsvSource({
        "OK, RUNNING", "WARN, RUNNING", "TEMPORARILY_UNAVAILABLE, UNKNOWN", "CRITICAL, STOPPED", "HEALTH_CHECK_ERROR, UNKNOWN"
    })
    void result_isAState(Result.Status status, State state) {
        assertEquals(new ModuleStatus(state, "text"), ModuleReports.read(() -> new Result(status, "text")));
    }

    @Test
    void missingModule_isUnknown() {
        assertEquals(new ModuleStatus(State.UNKNOWN, "not present"), ModuleReports.read(null));
    }

    @Test
    void moduleThatThrows_isUnknown() {
        assertEquals(new ModuleStatus(State.UNKNOWN, "cannot be asked: java.lang.IllegalStateException: gone"), ModuleReports.read(() -> {
            throw new IllegalStateException("gone");
        }));
    }
}
