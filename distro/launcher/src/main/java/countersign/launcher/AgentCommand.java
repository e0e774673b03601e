package countersign.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code agent} and {@code console}: guards the machine until it is told to stop. */
final class AgentCommand {
    private static final Path USUAL_CONFIG = Path.of("/etc/azure/proxy-agent.json");

    private AgentCommand() {}

    static int run(Path home, Invocation invocation) {
        SinceExec clock = SinceExec.start();
        Ending ending = new Ending();
        StopSignal signal = StopSignal.install(ending);
        if (invocation.command() == Invocation.CONSOLE) {
            StopSignal.onEnter(ending);
        }
        int status = guard(home, invocation.config(), clock, ending);
        signal.finished(status);
        return status;
    }

    @SuppressWarnings("try") // being alone is all that is asked of it
    private static int guard(Path home, String configOption, SinceExec clock, Ending ending) {
        Path base = RunFolder.base();
        try (OneAgent alone = OneAgent.enter(base); RunFolder run = RunFolder.create(base)) {
            Path config = config(home, configOption);
            NativeLibraries.use(home);
            return new Agent(home, config, run.path(), clock, ending).run();
        } catch (CannotGuardException e) {
            System.err.println("countersign: cannot guard: " + e.getMessage());
            return ExitCode.CANNOT_GUARD;
        } catch (IOException e) {
            System.err.println("countersign: cannot guard: " + e);
            return ExitCode.CANNOT_GUARD;
        }
    }

    /** The words of a tool behind {@code --config} and the file an agent would read; another named by them counts more. */
    static String[] withConfig(Path home, String[] words) {
        Path file = config(home);
        return Stream.concat(Stream.of("--config", file.toString()), Stream.of(words)).toArray(String[]::new);
    }

    /* secure-channel.md section 12: the usual place, else beside the executable. What it says is another bundle's business. */
    static Path config(Path home, String option) throws CannotGuardException {
        Path file = option != null ? Path.of(option) : config(home);
        if (!Files.isRegularFile(file)) {
            throw new CannotGuardException("configuration file " + file + " is not there"
                + (option == null ? "; write " + USUAL_CONFIG + " or name another with --config FILE" : ""));
        }
        if (!Files.isReadable(file)) {
            throw new CannotGuardException("configuration file " + file + " cannot be read by this user");
        }
        return file.toAbsolutePath().normalize();
    }

    private static Path config(Path home) {
        return Files.exists(USUAL_CONFIG) ? USUAL_CONFIG : home.resolve("conf").resolve("proxy-agent.json");
    }
}
