package countersign.policy.tool;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code countersign policy}: for people who write rules, without a running agent. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        description = "Work on rule documents, offline.",
        subcommands = {
            CheckCommand.class, ExplainCommand.class, TestCommand.class, DiffCommand.class, SchemaCommand.class, CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    /** All is well. */
    static final int OK = 0;
    /** The command did its work and what it looked for is there: warnings, failures, differences. */
    static final int FOUND = 1;
    /** The command could not do its work: wrong arguments, unreadable or refused input. */
    static final int TROUBLE = 2;

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
    }

    static int run(String[] args, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Main())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (e instanceof Trouble) {
                        command.getErr().println(e.getMessage());
                        return TROUBLE;
                    }
                    e.printStackTrace(command.getErr());
                    return TROUBLE;
                });
        try {
            return line.execute(args);
        } catch (OutOfMemoryError e) {
            err.println("expected files that fit into memory, got one that does not: " + e.getMessage());
            return TROUBLE;
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "expected a command");
    }
}
