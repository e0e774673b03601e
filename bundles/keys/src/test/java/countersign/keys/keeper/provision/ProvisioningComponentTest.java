package countersign.keys.keeper.provision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.NoticeEvent;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class ProvisioningComponentTest {
    private final LinkedBlockingQueue<AgentEvent> events = new LinkedBlockingQueue<>();

    @TempDir Path temp;
    private Path folder;
    private Path console;
    private ProvisioningComponent provisioning;

    @BeforeEach
    void activate() throws Exception {
        folder = temp.resolve("keys");
        console = Files.createFile(temp.resolve("console"));
        provisioning = new ProvisioningComponent(new Folder(folder.toString()), console);
        provisioning.bindTelemetry(events::add);
    }

    @AfterEach
    void deactivate() {
        provisioning.deactivate();
    }

    @Test
    void completion_writesBothTagsAndSaysSo() throws Exception {
        for (ProvisionFlag flag : ProvisionFlag.values()) {
            assertFalse(provisioning.query("0", false).finished());
            provisioning.ready(flag);
        }
        assertEquals(new ProvisionReport(true, ""), provisioning.query("0", true));
        NoticeEvent event = (NoticeEvent) events.poll(30, TimeUnit.SECONDS);
        assertEquals("provision ProvisionFinished INFO", event.module() + " " + event.name() + " " + event.level());
        assertEquals("", Files.readString(folder.resolve("status.tag")));
        assertTrue(Files.readString(folder.resolve("provisioned.tag")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}"));
    }

    @Test
    void outcome_isShownOnTheConsole() throws Exception {
        for (ProvisionFlag flag : ProvisionFlag.values()) {
            provisioning.ready(flag);
        }
        events.poll(30, TimeUnit.SECONDS);
        // Written last, by the thread that deactivation lets finish.
        provisioning.deactivate();
        assertTrue(provisioning.ended(30, TimeUnit.SECONDS));
        assertEquals("azure-proxy-agent: Provision finished successfully\r\n", Files.readString(console));
    }

    @Test
    void unwritableFolder_isReported_andProvisioningIsFinishedAllTheSame() throws Exception {
        Files.writeString(folder, "a file where the folder should be");
        for (ProvisionFlag flag : ProvisionFlag.values()) {
            provisioning.ready(flag);
        }
        assertTrue(provisioning.query("0", false).finished());
        NoticeEvent event = (NoticeEvent) events.poll(30, TimeUnit.SECONDS);
        assertEquals("ProvisionTags ERROR", event.name() + " " + event.level());
    }

    @Test
    void longMessage_isCut() {
        provisioning.notReady(ProvisionFlag.LISTENER_READY, "x".repeat(5000));
        assertTrue(provisioning.query("0", false).errorMessage().endsWith("proxyListenerStatus - " + "x".repeat(1024) + "...\r\n"));
    }

    private record Folder(String latchKeyFolder) implements ProvisioningComponent.Config {
        @Override
        public Class<? extends Annotation> annotationType() {
            return ProvisioningComponent.Config.class;
        }
    }
}
