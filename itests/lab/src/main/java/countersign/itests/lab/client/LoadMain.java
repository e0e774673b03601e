package countersign.itests.lab.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Makes load as the lines on standard input say, and prints one line each:
 *
 * <pre>
 * start PLAN      ok
 * count           count REQUESTS-SO-FAR
 * finish          done RESULT        (after the plan's time)
 * stop            done RESULT        (at once)
 * </pre>
 *
 * Ends with its standard input.
 */
public final class LoadMain {
    private LoadMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        LoadRun run = null;
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            switch (words[0]) {
                case "start" -> {
                    run = new LoadRun(LoadPlan.decode(words[1]));
                    System.out.println("ok");
                }
                case "count" -> System.out.println("count " + run.count());
                case "finish" -> System.out.println("done " + run.finish().encode());
                case "stop" -> {
                    run.stop();
                    System.out.println("done " + run.finish().encode());
                }
                default -> System.out.println("failed unknown order");
            }
        }
    }
}
