package countersign.itests.lab.scenes;

import java.io.IOException;
import java.time.Duration;

/**
 * One thing to be shown. What is observed is put into the same words as what is expected, so the verdict is a comparison.
 *
 * @param name in a few words
 * @param expected the observation that makes it right
 */
public record Scene(String name, String expected, Play play) {
    /** Does it and says what was seen. Scenes of one list build on those before. */
    @FunctionalInterface
    public interface Play {
        Observation observe(Stage stage) throws IOException;
    }

    /**
     * What was seen.
     *
     * @param text to be compared
     * @param note measured values that differ from run to run; may be empty
     */
    public record Observation(String text, String note) {
        public static Observation of(String text) {
            return new Observation(text, "");
        }
    }

    /** A scene that was played. */
    public record Report(Scene scene, Observation observation, Duration took) {
        public boolean asExpected() {
            return scene.expected().equals(observation.text());
        }
    }

    /** Plays it. A failure on the way is an observation too, and never the expected one. */
    public Report on(Stage stage) {
        long before = System.nanoTime();
        Observation observation;
        try {
            observation = play.observe(stage);
        } catch (IOException | RuntimeException e) {
            observation = Observation.of("broke off: " + e.getMessage());
        }
        return new Report(this, observation, Duration.ofNanos(System.nanoTime() - before));
    }
}
