package countersign.telemetry.log;

import countersign.logfile.RollingFile;
import countersign.telemetry.AgentEvent;
import countersign.telemetry.TelemetryExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;

/**
 * Exports to {@code ProxyAgent.Connection.log} in {@code logFolder}; without a folder it takes events and writes nothing. Modified in place:
 * a new instance would lose the events queued for this one.
 */
@Component(configurationPid = "countersign.agent", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ConnectionLog implements TelemetryExporter {
    static final String FILE = "ProxyAgent.Connection.log";
    private static final int FILES = 5;

    @interface Config {
        String logFolder();
    }

    private final EventLine line = new EventLine();
    private RollingFile file;

    @Activate
    public ConnectionLog(Config config) {
        modified(config);
    }

    @Modified
    synchronized void modified(Config config) {
        Path path = config.logFolder().isEmpty() ? null : Path.of(config.logFolder(), FILE);
        if (file != null && file.path().equals(path)) {
            return;
        }
        deactivate();
        file = path == null ? null : new RollingFile(path, RollingFile.TEN_MEBIBYTES, FILES, Clock.systemUTC());
    }

    @Deactivate
    synchronized void deactivate() {
        if (file != null) {
            file.close();
        }
        file = null;
    }

    @Override
    public synchronized void export(AgentEvent event) {
        if (file == null) {
            return;
        }
        try {
            file.append(line.of(event));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
