package countersign.itests.sample.exporter;

import countersign.telemetry.AgentEvent;
import countersign.telemetry.AuditEvent;
import countersign.telemetry.TelemetryExporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** Appends {@code requestId status method url} for each audit event: the whole of what an exporter has to be. */
@Component(configurationPid = "countersign.agent", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class SampleExporter implements TelemetryExporter {
    @interface Config {
        String logFolder();
    }

    private final Path file;

    @Activate
    public SampleExporter(Config config) {
        this.file = Path.of(config.logFolder(), "sample-exporter.log");
    }

    @Override
    public void export(AgentEvent event) {
        if (event instanceof AuditEvent audit) {
            append(audit.requestId() + " " + audit.status() + " " + audit.method() + " " + audit.url() + "\n");
        }
    }

    private void append(String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("appending to " + file, e);
        }
    }
}
