package countersign.launcher;

import java.util.Arrays;

/**
 * A command line, understood. The reference's spellings are kept: no word runs the service, {@code --version} wins over
 * {@code --status}, {@code --wait} needs {@code --status} (secure-channel.md section 10).
 *
 * @param command one of the constants of this type, comparable by identity
 * @param waitSeconds how long {@code status} keeps asking; an unsigned 64-bit number cut at {@link Long#MAX_VALUE}
 * @param config file named by {@code --config}, or null
 * @param rest the words handed on to a tool
 */
record Invocation(String command, long waitSeconds, String config, String[] rest) {
    static final String AGENT = "agent";
    static final String CONSOLE = "console";
    static final String STATUS = "status";
    static final String VERSION = "version";
    static final String HELP = "help";
    static final String DETACH = "detach";
    static final String POLICY = "policy";

    private static final String[] NONE = {};

    Invocation {
        rest = rest.clone();
    }

    static Invocation parse(String[] args) throws UsageException {
        if (args.length == 0) {
            return plain(AGENT);
        }
        String first = args[0];
        if (first.startsWith("-")) {
            return options(args, 0, false);
        }
        return switch (first) {
            case "status" -> options(args, 1, true);
            case "agent" -> new Invocation(AGENT, 0, config(args), NONE);
            case "console" -> new Invocation(CONSOLE, 0, config(args), NONE);
            case "version" -> alone(VERSION, args);
            case "help" -> alone(HELP, args);
            case "detach" -> new Invocation(DETACH, 0, null, tail(args));
            case "policy" -> new Invocation(POLICY, 0, null, tail(args));
            default -> throw new UsageException("unknown command: " + first);
        };
    }

    private static Invocation options(String[] args, int from, boolean statusNamed) throws UsageException {
        boolean status = statusNamed;
        boolean version = false;
        boolean help = false;
        long wait = -1;
        for (int i = from; i < args.length; i++) {
            String word = args[i];
            switch (word) {
                case "--status", "-s" -> status = true;
                case "--version", "-v" -> version = true;
                case "--help", "-h" -> help = true;
                case "--wait", "-w" -> {
                    if (++i == args.length) {
                        throw new UsageException(word + ": expected whole seconds after it");
                    }
                    wait = seconds(word, args[i]);
                }
                default -> {
                    if (word.startsWith("--wait=")) {
                        wait = seconds("--wait", word.substring(7));
                    } else if (word.startsWith("-w")) {
                        wait = seconds("-w", word.substring(word.startsWith("-w=") ? 3 : 2));
                    } else {
                        throw new UsageException("unknown argument: " + word);
                    }
                }
            }
        }
        if (wait >= 0 && !status) {
            throw new UsageException("--wait needs --status");
        }
        return help ? plain(HELP) : version ? plain(VERSION) : new Invocation(STATUS, Math.max(wait, 0), null, NONE);
    }

    private static long seconds(String option, String text) throws UsageException {
        try {
            long value = Long.parseUnsignedLong(text);
            return value < 0 ? Long.MAX_VALUE : value;
        } catch (NumberFormatException e) {
            throw new UsageException(option + ": expected whole seconds: " + text);
        }
    }

    private static String config(String[] args) throws UsageException {
        if (args.length == 1) {
            return null;
        }
        String word = args[1];
        boolean joined = word.startsWith("--config=");
        if (!joined && !word.equals("--config")) {
            throw new UsageException("unknown argument: " + word);
        }
        int expected = joined ? 2 : 3;
        if (args.length < expected) {
            throw new UsageException("--config: expected a file after it");
        }
        if (args.length > expected) {
            throw new UsageException("unknown argument: " + args[expected]);
        }
        String file = joined ? word.substring("--config=".length()) : args[2];
        if (file.isEmpty()) {
            throw new UsageException("--config: expected a file after it");
        }
        return file;
    }

    private static Invocation alone(String command, String[] args) throws UsageException {
        if (args.length > 1) {
            throw new UsageException("unknown argument: " + args[1]);
        }
        return plain(command);
    }

    private static Invocation plain(String command) {
        return new Invocation(command, 0, null, NONE);
    }

    private static String[] tail(String[] args) {
        return Arrays.copyOfRange(args, 1, args.length);
    }
}
