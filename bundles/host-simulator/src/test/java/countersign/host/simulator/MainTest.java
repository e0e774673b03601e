package countersign.host.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program as a process of its own. */
class MainTest {
    private static final List<String> LOOPBACK = List.of("--bind-wireserver", "127.0.0.1:0", "--bind-imds", "127.0.0.1:0",
            "--bind-hostga", "127.0.0.1:0", "--control", "127.0.0.1:0");

    @Test
    void start_printsTheReadyLine_andSigtermEndsIt() throws Exception {
        Process process = run(LOOPBACK, "--state", "audit");
        try (BufferedReader out = process.inputReader()) {
            String ready = out.readLine();
            String address = "127\\.0\\.0\\.1:[1-9][0-9]*";
            assertTrue(ready.matches("host simulator ready wireserver=" + address + " imds=" + address + " hostga=" + address
                    + " control=" + address + " state=audit"), ready);
            process.destroy();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(143, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void addressThatDoesNotExist_endsWithAdvice() throws Exception {
        // Reserved for documentation (RFC 5737), so no machine has it.
        assertEquals("host simulator: cannot listen on 192.0.2.1:8080 for imds: this address does not exist in this network namespace."
                + " Add it first: ip addr add 192.0.2.1/32 dev lo (in a namespace of its own, never on a machine in Azure),"
                + " or choose another address with --bind-imds", failure(1, "--bind-imds", "192.0.2.1:8080"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1|--state|nothing.json|host simulator: --state nothing.json: neither a file nor one of [enforce, audit, disabled, wireserver, wireserverandimds]",
        "1|--control|0.0.0.0:0|host simulator: control address 0.0.0.0: expected one address that guests cannot reach",
        "1|--journal|-1|host simulator: journal capacity -1: expected zero or more",
        "64|--bind-imds|localhost:80|Invalid value for option '--bind-imds': localhost:80: expected an IPv4 address and a port, such as 127.0.0.1:8080"})
    void wrongCommandLine_endsWithItsReason(int code, String option, String value, String message) throws Exception {
        assertEquals(message, failure(code, option, value));
    }

    /** The first line on standard error. */
    private static String failure(int code, String... args) throws IOException, InterruptedException {
        List<String> others = new ArrayList<>(LOOPBACK);
        int given = others.indexOf(args[0]);
        if (given >= 0) {
            others.subList(given, given + 2).clear();
        }
        Process process = run(others, args);
        try (BufferedReader err = process.errorReader()) {
            String line = err.readLine();
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(code, process.exitValue());
            return line;
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process run(List<String> some, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(some);
        command.addAll(List.of(more));
        return new ProcessBuilder(command).start();
    }
}
