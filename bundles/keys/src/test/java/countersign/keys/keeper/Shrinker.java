package countersign.keys.keeper;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** Makes a failing sequence small: drops ever shorter runs of it, then lowers its numbers, as long as it still fails. */
final class Shrinker {
    private Shrinker() {}

    /** How to read and replace the number of an element. */
    record Numbers<T>(ToIntFunction<T> of, BiFunction<T, Integer, T> with) {}

    static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails, Numbers<T> numbers) {
        List<T> smallest = failing;
        for (int before = -1; before != smallest.size(); ) {
            before = smallest.size();
            for (int run = Math.max(1, smallest.size() / 2); run > 0; run /= 2) {
                smallest = withoutRuns(smallest, run, fails);
            }
        }
        for (int i = 0; i < smallest.size(); i++) {
            for (int number = 0; number < numbers.of.applyAsInt(smallest.get(i)); number++) {
                List<T> candidate = new ArrayList<>(smallest);
                candidate.set(i, numbers.with.apply(smallest.get(i), number));
                if (fails.test(candidate)) {
                    smallest = candidate;
                    break;
                }
            }
        }
        return smallest;
    }

    private static <T> List<T> withoutRuns(List<T> failing, int run, Predicate<List<T>> fails) {
        List<T> smallest = failing;
        for (int from = 0; from + run <= smallest.size(); ) {
            List<T> candidate = new ArrayList<>(smallest);
            candidate.subList(from, from + run).clear();
            if (fails.test(candidate)) {
                smallest = candidate;
            } else {
                from += run;
            }
        }
        return smallest;
    }
}
