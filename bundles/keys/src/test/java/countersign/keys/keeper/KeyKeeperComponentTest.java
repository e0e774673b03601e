package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.keys.keeper.provision.ProvisioningComponent;
import countersign.keys.keeper.provision.RealProvisioning;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.slf4j.LoggerFactory;

class KeyKeeperComponentTest {
    private final Logger log = Logger.getLogger(Journal.class.getName());
    private final Recorder said = new Recorder();

    @TempDir Path temp;

    @BeforeEach
    void listen() {
        LoggerFactory.getLogger(Journal.class);
        log.setLevel(Level.ALL);
        log.addHandler(said);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(said);
        log.setLevel(null);
    }

    @Test
    void start_isTheFirstMessage() {
        assertEquals("Key keeper started.", firstMessage());
    }

    @Test
    void rulesFolderThatCannotBeMadePrivate_isNamedInTheMessage() throws Exception {
        Path rules = Files.writeString(temp.resolve("rules"), "a file where the folder should be");
        assertEquals("Key keeper started. The rules folder is not private: " + rules + ": expected a folder, got something else", firstMessage());
    }

    private String firstMessage() {
        BundleContext nobody = (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (proxy, method, arguments) -> null);
        Path keys = temp.resolve("keys");
        ProvisioningComponent provisioning = RealProvisioning.in(keys);
        KeyKeeperComponent keeper = new KeyKeeperComponent(new Settings(keys.toString(), 15), new PublishedKeyRing(nobody), new HostPolicySource(), provisioning, null);
        keeper.deactivate();
        RealProvisioning.end(provisioning);
        return said.texts.get(0);
    }

    private record Settings(String latchKeyFolder, long pollKeyStatusIntervalInSeconds) implements KeyKeeperComponent.Config {
        @Override
        public Class<? extends Annotation> annotationType() {
            return KeyKeeperComponent.Config.class;
        }
    }

    private static final class Recorder extends Handler {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord event) {
            texts.add(event.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
