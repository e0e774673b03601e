package countersign.launcher;

import java.nio.file.Path;

/** Entry of {@code bin/countersign}: understands the arguments, runs one command and exits with its status. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Invocation invocation;
        try {
            invocation = Invocation.parse(args);
        } catch (UsageException e) {
            System.err.println("countersign: " + e.getMessage());
            System.err.println("Try 'countersign help'.");
            System.exit(ExitCode.USAGE);
            return;
        }
        System.exit(run(invocation));
    }

    /* An if-chain, not a switch over an enum or sealed types: `status` is timed, and each helper class costs. */
    private static int run(Invocation invocation) {
        String command = invocation.command();
        if (command == Invocation.STATUS) {
            return new StatusCommand(System.out, AgentAddress.QUERY).run(invocation.waitSeconds());
        }
        if (command == Invocation.VERSION) {
            System.out.println(Version.text());
            return ExitCode.OK;
        }
        if (command == Invocation.HELP) {
            System.out.print(Help.TEXT);
            return ExitCode.OK;
        }
        Path home = ImageHome.find();
        if (command == Invocation.DETACH) {
            NativeLibraries.use(home);
            return new ImageTool(home.resolve("bundles"), "countersign.interception.linux.Detach").run(AgentCommand.withConfig(home, invocation.rest()));
        }
        if (command == Invocation.POLICY) {
            return new ImageTool(home.resolve("tools").resolve("policy"), "countersign.policy.tool.Main").run(invocation.rest());
        }
        return AgentCommand.run(home, invocation);
    }
}
