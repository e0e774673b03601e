package countersign.files;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where {@code status.json} and the snapshots of rules are: the same place on every machine, whatever the configuration says of logs (status.md
 * sections 1 and 9, Q1). Support tooling knows it by heart.
 */
public final class StatusFolder {
    private static final Path LINUX = Path.of("/var/log/azure-proxy-agent");
    private static final String FOR_TESTS = "countersign.statusFolder";

    private StatusFolder() {}

    /** @param properties those of the framework */
    public static Path of(UnaryOperator<String> properties) {
        return Optional.ofNullable(properties.apply(FOR_TESTS)).map(Path::of).orElse(LINUX);
    }
}
