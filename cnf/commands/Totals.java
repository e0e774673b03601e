import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * Counts the reports of all tests below a folder and prints totals, failures, and the reasons for what was skipped.
 * Arguments: the checkout, a file for the three numbers, "yes" if a second JDK was there. Exit status 1 unless every group
 * has run and nothing failed.
 */
public final class Totals {
    private static final Map<String, String> GROUPS = Map.of(
        "surefire-reports-first", "1 unit tests and vectors", "failsafe-reports", "2 kernel, wiring and namespace tests",
        "surefire-reports-second", "3 unit tests, second JDK", "checks", "4 checks of the build");

    private static final class Group {
        int passed;
        int failed;
        int skipped;
        final Map<String, Integer> reasons = new TreeMap<>();
    }

    private final Map<String, Group> groups = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        Totals totals = new Totals();
        GROUPS.values().forEach(name -> totals.groups.put(name, new Group()));
        totals.read(Path.of(args[0]));
        if (args.length < 3 || !args[2].equals("yes")) {
            Group second = totals.groups.get(GROUPS.get("surefire-reports-second"));
            second.skipped++;
            second.reasons.put("no JDK 25 in /usr/lib/jvm, nor named by JAVA25_HOME: the whole second pass", 1);
        }
        System.exit(totals.print(Path.of(args[1])) ? 0 : 1);
    }

    private void read(Path root) throws Exception {
        List<Path> reports;
        try (Stream<Path> all = Files.walk(root)) {
            reports = all.filter(path -> path.getFileName().toString().matches("TEST-.*\\.xml"))
                .filter(path -> GROUPS.containsKey(folder(path))).sorted().toList();
        }
        DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        for (Path report : reports) {
            Document document = builder.parse(report.toFile());
            Group group = groups.get(GROUPS.get(folder(report)));
            NodeList cases = document.getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                count(group, (Element) cases.item(i));
            }
        }
    }

    private void count(Group group, Element testCase) {
        String name = testCase.getAttribute("classname") + "." + testCase.getAttribute("name");
        Element skipped = child(testCase, "skipped");
        if (child(testCase, "failure") != null || child(testCase, "error") != null) {
            group.failed++;
            failures.add(name);
        } else if (skipped != null) {
            group.skipped++;
            // An assumption's message stands in the stack trace only.
            String message = skipped.hasAttribute("message") ? skipped.getAttribute("message")
                : skipped.getTextContent().replaceFirst("^\\s*org.opentest4j.TestAbortedException: (Assumption failed: )?", "");
            group.reasons.merge(message.isBlank() ? "no reason given: " + name : message.lines().findFirst().orElse(""), 1, Integer::sum);
        } else {
            group.passed++;
        }
    }

    /* An attribute, or the first line of the text: "org.opentest4j.TestAbortedException: Assumption failed: why". */
    private static String reason(Element skipped, String name) {
        String given = skipped.getAttribute("message").isBlank() ? skipped.getTextContent() : skipped.getAttribute("message");
        String line = given.strip().lines().findFirst().orElse("");
        return line.isEmpty() ? "no reason given: " + name : line.replaceFirst("^[\\w.$]*Exception: ", "").replaceFirst("^Assumption failed: ", "");
    }

    private static Element child(Element parent, String tag) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(tag)) {
                return element;
            }
        }
        return null;
    }

    private static String folder(Path report) {
        return report.getParent().getFileName().toString();
    }

    private boolean print(Path file) throws IOException {
        int passed = 0;
        int failed = 0;
        int skipped = 0;
        boolean complete = true;
        System.out.printf("%n%-42s %8s %8s %8s %8s%n", "", "executed", "passed", "failed", "skipped");
        for (Map.Entry<String, Group> entry : groups.entrySet()) {
            Group group = entry.getValue();
            System.out.printf("%-42s %8d %8d %8d %8d%n", entry.getKey().substring(2), group.passed + group.failed, group.passed,
                group.failed, group.skipped);
            passed += group.passed;
            failed += group.failed;
            skipped += group.skipped;
            if (group.passed + group.failed + group.skipped == 0) {
                complete = false;
                failures.add("none of these was found: " + entry.getKey().substring(2));
            }
        }
        System.out.printf("%-42s %8d %8d %8d %8d%n", "all", passed + failed, passed, failed, skipped);
        groups.forEach((name, group) -> group.reasons.forEach((reason, count) ->
            System.out.printf("skipped %d (%s): %s%n", count, name.substring(2), reason)));
        failures.forEach(failure -> System.out.println("FAILED: " + failure));
        Files.writeString(file, passed + " " + failed + " " + skipped + "\n");
        return complete && failed == 0 && passed > 0;
    }
}
