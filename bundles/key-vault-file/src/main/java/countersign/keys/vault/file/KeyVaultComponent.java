package countersign.keys.vault.file;

import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vault in the configured folder. It starts also when the folder cannot be made private: loading must go on, and each attempt to store
 * says what is wrong (secure-channel.md Q19).
 */
@Component(service = KeyVault.class, configurationPid = "countersign.agent", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class KeyVaultComponent implements KeyVault {
    private static final Logger LOG = LoggerFactory.getLogger(KeyVaultComponent.class);

    /** What the vault takes from the agent's configuration. */
    @interface Config {
        String latchKeyFolder();
    }

    private final FileKeyVault vault;

    @Activate
    public KeyVaultComponent(Config config) {
        this.vault = open(config);
    }

    /** The folder stays while the agent runs; without this method any other change would replace the service. */
    @Modified
    void modified() {}

    @Override
    public void store(SigningKey key) throws IOException {
        vault.store(key);
    }

    @Override
    public void confirm(String guid) throws IOException {
        vault.confirm(guid);
    }

    @Override
    public Optional<SigningKey> pending(String guid) throws IOException {
        return vault.pending(guid);
    }

    @Override
    public Optional<SigningKey> load(String guid) throws IOException {
        return vault.load(guid);
    }

    @Override
    public void prune(String current, Optional<String> previous) throws IOException {
        vault.prune(current, previous);
    }

    private static FileKeyVault open(Config config) {
        FileKeyVault opened = new FileKeyVault(Path.of(config.latchKeyFolder()));
        try {
            opened.open();
        } catch (IOException e) {
            LOG.warn("no key can be stored: {}", e.getMessage());
        }
        return opened;
    }
}
