package countersign.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;

/** One framework with the bundles of one image, from start to stop. */
final class Agent {
    /** How long the agent may take to guard before it is said to be unable to. */
    private static final long GUARD_LIMIT_MILLIS = Long.getLong("countersign.guardLimitMillis", 60_000);
    private static final long STOP_LIMIT_MILLIS = 4_000;

    private final Path home;
    private final Path config;
    private final Path runFolder;
    private final SinceExec clock;
    private final Ending ending;
    private final BundleNews news = new BundleNews();

    Agent(Path home, Path config, Path runFolder, SinceExec clock, Ending ending) {
        this.home = home;
        this.config = config;
        this.runFolder = runFolder;
        this.clock = clock;
        this.ending = ending;
    }

    /** Returns the exit status when the agent has stopped. */
    int run() throws CannotGuardException, IOException {
        Map<String, Object> settings = FrameworkSettings.of(home, config, runFolder);
        Framework framework = new FrameworkFactory().newFramework(settings);
        try {
            Readiness readiness = start(framework);
            String reason = await(readiness);
            readiness.close();
            framework.getBundleContext().removeBundleListener(news);
            if (!reason.equals(Ending.STOP)) {
                throw new CannotGuardException(reason);
            }
            return ExitCode.OK;
        } catch (BundleException | InvalidSyntaxException e) {
            throw new CannotGuardException("the framework does not start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.CANNOT_GUARD;
        } finally {
            stop(framework);
        }
    }

    private Readiness start(Framework framework) throws BundleException, InvalidSyntaxException, IOException, CannotGuardException {
        framework.init();
        var context = framework.getBundleContext();
        BundleTroubles troubles = new BundleTroubles();
        context.addFrameworkListener(troubles);
        Hashtable<String, String> name = new Hashtable<>();
        name.put("countersign.launcher", "abort");
        Consumer<String> abort = ending::abort;
        context.registerService(Consumer.class, abort, name);
        Readiness readiness = new Readiness(context, clock, troubles);
        readiness.open();
        new BundleFolder(home.resolve("bundles")).install(context);
        framework.start();
        context.addBundleListener(news);
        return readiness;
    }

    private String await(Readiness readiness) throws InterruptedException {
        if (!ending.await(GUARD_LIMIT_MILLIS - clock.millis()) && !readiness.guarded()) {
            ending.abort("not guarding after " + clock.millis() + " ms: " + readiness.missing());
        }
        return ending.await();
    }

    private static void stop(Framework framework) {
        try {
            framework.stop();
            FrameworkEvent event = framework.waitForStop(STOP_LIMIT_MILLIS);
            if (event.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                System.err.println("countersign: bundles still stopping after " + STOP_LIMIT_MILLIS + " ms");
            }
        } catch (BundleException e) {
            System.err.println("countersign: stopping the framework: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
