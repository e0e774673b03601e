package countersign.itests.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Looks for secrets where they must not be: as hexadecimal digits of either case, and as base64 of what the digits mean. */
final class Leaks {
    private static final int HEX_LENGTH = 64;

    /** By lower-case digits: what it is, for the report, which must not repeat it. */
    private final Map<String, String> hex = new HashMap<>();
    private final Map<String, String> base64 = new HashMap<>();

    void add(String what, String digits) {
        if (digits.length() != HEX_LENGTH) {
            throw new IllegalArgumentException(what + ": expected " + HEX_LENGTH + " digits, got " + digits.length());
        }
        String lower = digits.toLowerCase(Locale.ROOT);
        hex.putIfAbsent(lower, what + " as digits");
        base64.putIfAbsent(Base64.getEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(lower)), what + " in base64");
    }

    int secrets() {
        return hex.size();
    }

    /** What was found, without repeating it. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        base64.forEach((secret, what) -> {
            if (text.contains(secret)) {
                found.add(what);
            }
        });
        // Every run of digits is looked up rather than every secret searched for: there are thousands of them.
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = Character.digit(text.charAt(i), 16) < 0 ? 0 : run + 1;
            if (run >= HEX_LENGTH) {
                String what = hex.get(text.substring(i + 1 - HEX_LENGTH, i + 1).toLowerCase(Locale.ROOT));
                if (what != null) {
                    found.add(what);
                }
            }
        }
        return found;
    }

    /** Plain files in and below folders; each finding as {@code file: what}. */
    List<String> in(List<Path> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files) {
            in(Files.readString(file, StandardCharsets.ISO_8859_1)).forEach(what -> found.add(file.getFileName() + ": " + what));
        }
        return found;
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
        }
    }
}
