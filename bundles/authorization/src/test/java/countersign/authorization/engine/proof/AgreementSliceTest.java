package countersign.authorization.engine.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.proof.NaiveEvaluator.Who;
import countersign.policy.RuleItem;
import org.junit.jupiter.api.Test;

/** A few hundredths of a second of {@link AgreementTest}: enough for mutation testing, which runs it over and over. */
class AgreementSliceTest {
    @Test
    void randomDecisions_areAlike() {
        Worlds worlds = new Worlds(3);
        for (int i = 0; i < 250; i++) {
            RuleItem item = worlds.item();
            CompiledPolicy engine = Worlds.compile(item);
            NaiveEvaluator naive = new NaiveEvaluator(item);
            for (int j = 0; j < 20; j++) {
                String method = worlds.method();
                String target = worlds.target();
                Who who = worlds.who();
                Facts facts = Worlds.facts(method, target, who);
                for (Profile profile : Profile.values()) {
                    assertEquals(naive.decide(profile == Profile.STRICT, method, target, who), Worlds.verdict(engine, facts, profile),
                            () -> profile + " " + target + " " + who + " " + item);
                }
            }
        }
    }
}
