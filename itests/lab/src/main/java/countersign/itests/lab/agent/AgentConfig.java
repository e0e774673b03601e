package countersign.itests.lab.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.itests.lab.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The agent's configuration file (secure-channel.md section 12). */
public record AgentConfig(Path file, Path logFolder, Path latchKeyFolder, ObjectNode document) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public AgentConfig {
        document = document.deepCopy();
    }

    /** All folders in the lab, its cgroup and bpffs, one poll a second, strict decisions. */
    public static AgentConfig of(Lab lab) {
        Path folder = lab.folder().resolve("agent");
        Path logs = lab.folder().resolve("log/agent");
        Path keys = folder.resolve("keys");
        ObjectNode document = JSON.createObjectNode()
                .put("logFolder", logs.toString()).put("eventFolder", logs.resolve("events").toString())
                .put("latchKeyFolder", keys.toString()).put("monitorIntervalInSeconds", 60).put("pollKeyStatusIntervalInSeconds", 1)
                .put("ebpfProgramName", "ebpf_cgroup.o").put("fileLogLevel", "Info").put("canonicalRequestMode", "enforce")
                .put("cgroupRoot", lab.guarded().folder().toString()).put("pinFolder", lab.bpffs().resolve("countersign").toString());
        return new AgentConfig(folder.resolve("proxy-agent.json"), logs, keys, document);
    }

    /** The same with a key folder of its own, as on a machine where no agent has been. */
    public AgentConfig withKeysIn(String name) {
        Path keys = file.resolveSibling(name).resolve("keys");
        return new AgentConfig(file, logFolder, keys, with("latchKeyFolder", keys.toString()).document());
    }

    /** The files with keys. */
    public List<Path> keyFiles() throws IOException {
        if (!Files.isDirectory(latchKeyFolder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(latchKeyFolder)) {
            return files.filter(file -> file.toString().endsWith(".key")).toList();
        }
    }

    /** The same with one member changed. */
    public AgentConfig with(String member, Object value) {
        ObjectNode changed = document.deepCopy();
        changed.set(member, JSON.valueToTree(value));
        return new AgentConfig(file, logFolder, latchKeyFolder, changed);
    }

    /** Writes the file, replacing what is there at once. */
    public void write() throws IOException {
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, document.toPrettyString());
        Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
