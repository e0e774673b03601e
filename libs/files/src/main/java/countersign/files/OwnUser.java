package countersign.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user this process creates files as. */
public final class OwnUser {
    private OwnUser() {}

    /** Effective uid, from the kernel: the owner of {@code /proc/self} is not it in a process that cannot be dumped. */
    public static int uid() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return Integer.parseUnsignedInt(line.split("\\s+")[2]);
            }
        }
        throw new IOException("/proc/self/status: expected a line Uid:, got none");
    }
}
