package countersign.itests.lab.demo;

import countersign.itests.lab.Checkout;
import countersign.itests.lab.Lab;
import countersign.itests.lab.Requirements;
import countersign.itests.lab.scenes.Scene;
import countersign.itests.lab.scenes.Scenes;
import countersign.itests.lab.scenes.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Plays every scene on real traffic and prints one line each. Exit status 0 only if every scene was as expected; 3 if something is
 * missing on this machine.
 */
public final class Demo {
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private int played;
    private int wrong;

    private Demo() {}

    public static void main(String[] args) throws IOException {
        Checkout checkout = Checkout.here();
        List<String> missing = Requirements.missing(checkout);
        if (!missing.isEmpty()) {
            missing.forEach(System.err::println);
            System.exit(3);
        }
        System.exit(new Demo().play(checkout) ? 0 : 1);
    }

    private boolean play(Checkout checkout) throws IOException {
        long before = System.nanoTime();
        try (Lab lab = Lab.open(checkout)) {
            Stage stage = new Stage(lab);
            for (Scene scene : Scenes.all()) {
                show(scene.on(stage));
            }
        }
        out.printf("%d scenes, %d as expected, %.1f s; everything removed%n", played, played - wrong, (System.nanoTime() - before) / 1e9);
        return wrong == 0;
    }

    private void show(Scene.Report report) {
        played++;
        if (!report.asExpected()) {
            wrong++;
        }
        out.printf("%2d  %s  |  expected: %s  |  observed: %s%s  |  %s%n", played, report.scene().name(), report.scene().expected(),
                report.observation().text(), report.observation().note().isEmpty() ? "" : " (" + report.observation().note() + ")",
                report.asExpected() ? "OK" : "WRONG");
    }
}
