package countersign.itests.lab.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process holds in memory, in KiB: resident, proportional, and private (clean and dirty). */
public record Memory(long rss, long pss, long privat) {
    static Memory of(long pid) throws IOException {
        long rss = 0;
        long pss = 0;
        long privat = 0;
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            String[] words = line.split("\\s+");
            switch (words[0]) {
                case "Rss:" -> rss = Long.parseLong(words[1]);
                case "Pss:" -> pss = Long.parseLong(words[1]);
                case "Private_Clean:", "Private_Dirty:" -> privat += Long.parseLong(words[1]);
                default -> { }
            }
        }
        return new Memory(rss, pss, privat);
    }

    @Override
    public String toString() {
        return "RSS " + mebi(rss) + " MiB, PSS " + mebi(pss) + " MiB, private " + mebi(privat) + " MiB";
    }

    private static String mebi(long kibi) {
        return String.format(java.util.Locale.ROOT, "%.1f", kibi / 1024.0);
    }
}
