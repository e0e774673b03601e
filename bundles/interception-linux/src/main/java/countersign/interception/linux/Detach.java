package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Switches interception off and removes what is pinned: connections to the endpoints go directly from then on. Run as root, with
 * the agent stopped: {@code java -cp interception.jar:jna.jar:api.jar countersign.interception.linux.Detach}.
 *
 * <p>Exit status: 0 done or nothing to do, 1 failed, 2 wrong usage.
 */
public final class Detach {
    private static final String USAGE = "usage: countersign detach [--config FILE] [--pin-folder FOLDER] [--libbpf LIBRARY]";

    private Detach() {}

    public static void main(String[] arguments) {
        try {
            DetachOptions options = new DetachOptions(arguments);
            options.complete();
            Path folder = options.pinFolder();
            boolean done = detach(folder, options.library());
            exit(0, done ? "interception is off; nothing is pinned in " + folder : "nothing is pinned in " + folder);
        } catch (IllegalArgumentException e) {
            exit(2, e.getMessage() + "\n" + USAGE);
        } catch (InterceptionException e) {
            exit(1, e.getMessage());
        }
    }

    /**
     * Empties the policy, which makes the programs transparent at once, then removes links and maps.
     *
     * @return whether there was something to remove
     * @throws InterceptionException when an agent still runs, or the kernel refuses
     */
    static boolean detach(Path folder, String library) throws InterceptionException {
        PinFolder pins = new PinFolder(folder);
        if (!pins.exists()) {
            return false;
        }
        Libbpf.load(library);
        if (Files.exists(pins.map("config"))) {
            refuseWhileAgentRuns(new ConfigTable(open(pins, "config")));
        }
        if (Files.exists(pins.map("policy"))) {
            new Policy(open(pins, "policy")).set(Set.of());
        }
        pins.remove();
        return true;
    }

    private static void refuseWhileAgentRuns(ConfigTable config) throws InterceptionException {
        int agent = config.livingAgent();
        if (agent != 0 && agent != ProcessHandle.current().pid()) {
            throw new InterceptionException("the agent, process " + agent + ", still runs and would attach again. Stop it first");
        }
    }

    private static BpfMap open(PinFolder pins, String map) throws InterceptionException {
        int fd = Libbpf.bpf_obj_get(Libc.text(pins.map(map)));
        if (fd < 0) {
            throw new InterceptionException("cannot open " + pins.map(map) + ": " + Libc.describe(Libc.errno()));
        }
        return new BpfMap(map, fd);
    }

    private static void exit(int status, String message) {
        (status == 0 ? System.out : System.err).println(message);
        System.exit(status);
    }
}
