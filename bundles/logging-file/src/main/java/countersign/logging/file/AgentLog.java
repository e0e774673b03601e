package countersign.logging.file;

import countersign.logfile.RollingFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;

/**
 * Leads java.util.logging to {@code ProxyAgent.log} and standard error. Takes the place of the console handler the JVM started with and gives
 * it back at the end. Levels below INFO apply to the agent's own loggers only: what libraries say at those levels repeats requests with their
 * headers. Immediate: nobody asks for it. Modified in place, because a restart would lose lines.
 */
@Component(immediate = true, service = {}, configurationPid = "countersign.agent", configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AgentLog {
    private static final String FILE = "ProxyAgent.log";
    private static final int FILES = 5;

    @interface Config {
        String logFolder();

        String fileLogLevel() default "Info";

        String fileLogLevelForSystemEvents() default "Error";
    }

    private final Logger root = Logger.getLogger("");
    private final Logger own = Logger.getLogger("countersign"); // held: unreferenced loggers lose their level
    private final Level ownBefore = own.getLevel();
    private final List<Handler> replaced = new ArrayList<>();
    private final QueuedHandler handler;
    private RollingFile file;

    @Activate
    public AgentLog(Config config) {
        this(config, Duration.ofSeconds(2));
    }

    /** @param patience how long deactivation waits for lines to be written */
    AgentLog(Config config, Duration patience) {
        handler = new QueuedHandler(targets(config), patience);
        for (Handler console : root.getHandlers()) {
            if (console instanceof ConsoleHandler) {
                root.removeHandler(console);
                replaced.add(console);
            }
        }
        root.addHandler(handler);
        setLevels(config);
    }

    @Modified
    void modified(Config config) {
        handler.redirect(targets(config));
        setLevels(config);
    }

    @Deactivate
    void deactivate() {
        own.setLevel(ownBefore);
        replaced.forEach(root::addHandler);
        root.removeHandler(handler);
        handler.close();
    }

    private QueuedHandler.Targets targets(Config config) {
        Path path = config.logFolder().isEmpty() ? null : Path.of(config.logFolder(), FILE);
        if (path == null) {
            file = null;
        } else if (file == null || !file.path().equals(path)) {
            file = new RollingFile(path, RollingFile.TEN_MEBIBYTES, FILES, Clock.systemUTC());
        }
        return new QueuedHandler.Targets(
                file, LogLevel.parse(config.fileLogLevel()).threshold(), System.err,
                LogLevel.parse(config.fileLogLevelForSystemEvents()).threshold());
    }

    private void setLevels(Config config) {
        Level toFile = LogLevel.parse(config.fileLogLevel()).threshold();
        Level toStream = LogLevel.parse(config.fileLogLevelForSystemEvents()).threshold();
        own.setLevel(toFile.intValue() <= toStream.intValue() ? toFile : toStream);
    }
}
