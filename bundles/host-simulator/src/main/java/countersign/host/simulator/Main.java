package countersign.host.simulator;

import countersign.host.simulator.channel.Service;
import countersign.host.simulator.channel.StatusDocument;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * Runs a simulator until it is killed. Exit status: 1 if it cannot start, 64 for a wrong command line. SIGTERM ends it at
 * once; there is nothing to save.
 */
@Command(name = "host-simulator", mixinStandardHelpOptions = true, version = "0.1.0", sortOptions = false,
        description = "A strict stand-in for WireServer, IMDS and HostGAPlugin that verifies signatures.",
        exitCodeOnInvalidInput = 64, exitCodeOnExecutionException = 1)
public final class Main implements Callable<Integer> {
    @Option(names = "--bind-wireserver", paramLabel = "IP:PORT", defaultValue = "168.63.129.16:80", converter = Address.class,
            description = "where WireServer listens (default ${DEFAULT-VALUE}); port 0 takes a free one")
    private InetSocketAddress wireserver;

    @Option(names = "--bind-imds", paramLabel = "IP:PORT", defaultValue = "169.254.169.254:80", converter = Address.class,
            description = "where IMDS listens (default ${DEFAULT-VALUE})")
    private InetSocketAddress imds;

    @Option(names = "--bind-hostga", paramLabel = "IP:PORT", defaultValue = "168.63.129.16:32526", converter = Address.class,
            description = "where HostGAPlugin listens (default ${DEFAULT-VALUE})")
    private InetSocketAddress hostga;

    @Option(names = "--control", paramLabel = "IP:PORT", defaultValue = "127.0.0.1:8088", converter = Address.class,
            description = "where the control interface listens (default ${DEFAULT-VALUE})")
    private InetSocketAddress control;

    @Option(names = "--state", paramLabel = "NAME|FILE", defaultValue = "enforce",
            description = "first status document: enforce, audit, disabled (version 2.0), wireserver, wireserverandimds (version 1.0),"
                    + " or a file (default ${DEFAULT-VALUE})")
    private String state;

    @Option(names = "--journal", paramLabel = "ENTRIES", defaultValue = "" + Options.JOURNAL,
            description = "requests remembered; 0 for none (default ${DEFAULT-VALUE})")
    private int journal;

    @Option(names = "--log", description = "print one line per request")
    private boolean log;

    private Main() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        // Guarded addresses are IPv4, and peers should be shown as such.
        System.setProperty("java.net.preferIPv4Stack", "true");
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setExecutionExceptionHandler((e, line, parsed) -> {
            line.getErr().println("host simulator: " + (e instanceof IOException || e instanceof IllegalArgumentException ? e.getMessage() : e));
            return 1;
        });
        int code = commandLine.execute(args);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws IOException {
        Simulator simulator = Simulator.start(new Options(wireserver, imds, hostga, control, document(), journal, log));
        System.out.println("host simulator ready wireserver=" + Listener.text(simulator.address(Service.WIRESERVER))
                + " imds=" + Listener.text(simulator.address(Service.IMDS))
                + " hostga=" + Listener.text(simulator.address(Service.HOSTGA))
                + " control=" + Listener.text(simulator.controlAddress()) + " state=" + state);
        // The accepting threads keep the process alive.
        return 0;
    }

    private StatusDocument document() throws IOException {
        if (StatusDocument.PRESETS.contains(state)) {
            return StatusDocument.preset(state);
        }
        try {
            return StatusDocument.parse(Files.readAllBytes(Path.of(state)));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--state " + state + ": neither a file nor one of " + StatusDocument.PRESETS, e);
        }
    }

    /** An IPv4 address and a port, never a name: nothing is looked up. */
    static final class Address implements ITypeConverter<InetSocketAddress> {
        private static final Pattern FORM = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}):([0-9]{1,5})");

        @Override
        public InetSocketAddress convert(String text) throws IOException {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
                throw new TypeConversionException(text + ": expected an IPv4 address and a port, such as 127.0.0.1:8080");
            }
            return new InetSocketAddress(InetAddress.getByName(parts.group(1)), Integer.parseInt(parts.group(2)));
        }
    }
}
