package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import countersign.keys.SigningKey;
import countersign.keys.keeper.ModelWorld.Action;
import countersign.keys.keeper.ModelWorld.Event;
import countersign.keys.keeper.ModelWorld.Violation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The secure channel against random hosts, disks, kernels and operators. A failure prints its seed and the smallest sequence found that fails
 * too. Every build plays the same; {@code -Dcountersign.model.seed} and {@code -Dcountersign.model.sequences} choose others and more.
 */
class ChannelModelTest {
    private static final int SEQUENCES = Integer.getInteger("countersign.model.sequences", 100_000);
    private static final int LONGEST = 24;

    @Test
    void noSequenceOfEvents_breaksALaw() {
        long seed = Long.getLong("countersign.model.seed", 20250114);
        Random random = new Random(seed);
        Map<Event, Long> performed = new EnumMap<>(Event.class);
        for (int i = 0; i < SEQUENCES; i++) {
            List<Action> actions = sequence(random);
            actions.forEach(action -> performed.merge(action.event(), 1L, Long::sum));
            Optional<String> broken = broken(actions, vault -> vault);
            if (broken.isPresent()) {
                fail("seed " + seed + ", sequence " + i + ": " + explain(actions, vault -> vault));
            }
        }
        System.out.println("secure channel model: seed " + seed + ", " + SEQUENCES + " sequences, events " + performed);
        assertEquals(Event.values().length, performed.size());
    }

    @Test
    void aVaultThatOverwritesAttestedKeys_isNoticedAndShrunk() {
        UnaryOperator<ModelVault> careless = vault -> new ModelVault() {
            @Override
            public void store(SigningKey key) {
                pending.put(key.guid(), key);
                attested.put(key.guid(), key);
            }
        };
        assertNoticed(careless, 6);
    }

    @Test
    void aVaultThatForgetsTheKeyInUse_isNoticedAndShrunk() {
        UnaryOperator<ModelVault> forgetful = vault -> new ModelVault() {
            @Override
            public void prune(String current, Optional<String> previous) {
                attested.keySet().removeIf(guid -> guid.equals(current) && previous.isPresent());
            }

            @Override
            public Optional<SigningKey> load(String guid) {
                // Hands out whatever it has.
                return attested.values().stream().findFirst().or(() -> pending.values().stream().findFirst());
            }
        };
        assertNoticed(forgetful, 8);
    }

    private static void assertNoticed(UnaryOperator<ModelVault> twist, int most) {
        Random random = new Random(1);
        for (int i = 0; i < SEQUENCES; i++) {
            List<Action> actions = sequence(random);
            if (broken(actions, twist).isPresent()) {
                List<Action> smallest = shrink(actions, twist);
                assertTrue(broken(smallest, twist).isPresent());
                assertTrue(smallest.size() <= most, "shrunk to " + smallest.size() + ": " + explain(actions, twist));
                return;
            }
        }
        fail("no law noticed it in " + SEQUENCES + " sequences");
    }

    private static List<Action> sequence(Random random) {
        int length = 1 + random.nextInt(LONGEST);
        List<Action> actions = new ArrayList<>(length);
        Event[] events = Event.values();
        for (int i = 0; i < length; i++) {
            // Every other event is a poll: without polls the rest has no effect.
            Event event = random.nextBoolean() ? Event.POLL : events[random.nextInt(events.length)];
            actions.add(new Action(event, random.nextInt(16)));
        }
        return actions;
    }

    private static Optional<String> broken(List<Action> actions, UnaryOperator<ModelVault> twist) {
        try {
            ModelWorld world = new ModelWorld(twist);
            actions.forEach(world::perform);
            world.converge();
            return Optional.empty();
        } catch (Violation e) {
            return Optional.of(e.getMessage());
        } catch (RuntimeException e) {
            return Optional.of("failed with " + e + " at " + e.getStackTrace()[0]);
        }
    }

    private static List<Action> shrink(List<Action> actions, UnaryOperator<ModelVault> twist) {
        return Shrinker.shrink(
                actions,
                candidate -> broken(candidate, twist).isPresent(),
                new Shrinker.Numbers<>(Action::number, (action, number) -> new Action(action.event(), number)));
    }

    private static String explain(List<Action> actions, UnaryOperator<ModelVault> twist) {
        List<Action> smallest = shrink(actions, twist);
        return broken(actions, twist).orElse("") + "\n  smallest: " + smallest + "\n  breaks: " + broken(smallest, twist).orElse("");
    }
}
