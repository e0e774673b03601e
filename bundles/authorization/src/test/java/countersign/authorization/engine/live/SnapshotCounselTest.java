package countersign.authorization.engine.live;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.Proposal;
import countersign.authorization.Remedy;
import countersign.authorization.engine.Rules;
import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Subject;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SnapshotCounselTest {
    private static final Subject ALICE = new Subject("alice", List.of("users"), "/usr/bin/curl", "curl", false);
    private static final Proposal TOO_MANY =
            new Proposal.LeftOut("too many different requests are being refused; countersign policy explain --decision works it out");

    private long now;
    /** Each look at the clock takes a second: the first proposal uses up all time there is. */
    private final Allowance miser = new Allowance(() -> now += 1_000_000_000);
    private final Allowance lavish = new Allowance(() -> 0);

    private static SnapshotCounsel counsel(Allowance allowance) throws CompileException {
        return new SnapshotCounsel(PolicyCompiler.compile(Rules.heldByAlice("deny", "/a"), Optional.empty()), allowance);
    }

    private static Proposal ask(SnapshotCounsel counsel, Destination destination, String target) {
        return counsel.remedy(new Facts(destination, "GET", target, ALICE), Profile.STRICT).proposal().orElseThrow();
    }

    @Test
    void refusedRequest_getsTheChangeThatLetsItPass() throws Exception {
        Proposal.Change change = assertInstanceOf(Proposal.Change.class, ask(counsel(lavish), Destination.IMDS, "/b?k=v"));
        assertEquals("[Privilege[name=allow-path, path=/b, queryParameters={k=v}]]", change.additions().privileges().orElseThrow().toString());
        assertEquals(
                List.of("requests at and below that path that repeat one of the parameters k with different values"), change.alsoRefuses());
    }

    @Test
    void refusalThatRulesHaveNoSayIn_getsTheReason() throws Exception {
        assertEquals(new Proposal.None("no rule can allow a caller that is not elevated to reach this endpoint"),
                ask(counsel(lavish), Destination.WIRESERVER, "/machine"));
        assertEquals(new Proposal.None("no rule can allow this destination"), ask(counsel(lavish), Destination.AGENT, "/"));
    }

    @Test
    void flood_getsWhatIsKnown_andOtherwiseLeavesItOut() throws Exception {
        SnapshotCounsel counsel = counsel(miser);
        Proposal first = ask(counsel, Destination.IMDS, "/b");
        assertInstanceOf(Proposal.Change.class, first);
        assertEquals(TOO_MANY, ask(counsel, Destination.IMDS, "/c"));
        assertSame(first, ask(counsel, Destination.IMDS, "/b"));
        assertEquals(TOO_MANY, ask(counsel(miser), Destination.IMDS, "/b"), "a new snapshot does not refill the purse");
        now += 1_000_000_000_000L;
        assertInstanceOf(Proposal.Change.class, ask(counsel, Destination.IMDS, "/c"), "later there is time again");
    }

    @Test
    void knownProposals_areBounded() throws Exception {
        SnapshotCounsel counsel = counsel(lavish);
        Proposal first = ask(counsel, Destination.IMDS, "/b");
        for (int i = 1; i < SnapshotCounsel.REMEMBERED; i++) {
            ask(counsel, Destination.IMDS, "/b" + i);
        }
        assertSame(first, ask(counsel, Destination.IMDS, "/b"));
        for (int i = 1; i <= SnapshotCounsel.REMEMBERED; i++) {
            ask(counsel, Destination.IMDS, "/c" + i);
        }
        assertTrue(first != ask(counsel, Destination.IMDS, "/b"), "the one not asked for longest is forgotten");
    }

    @Test
    void longTarget_isLeftOut() throws Exception {
        String target = "/" + "x".repeat(SnapshotCounsel.LONGEST_TARGET);
        assertEquals(new Proposal.LeftOut("the target is longer than 2048 characters; countersign policy explain --decision works it out"),
                ask(counsel(lavish), Destination.IMDS, target));
        assertInstanceOf(Proposal.Change.class, ask(counsel(lavish), Destination.IMDS, target.substring(1).replaceFirst("x", "/")));
    }

    @Test
    void answer_staysTheSame_andLetsTheSnapshotGo() throws Exception {
        SnapshotCounsel counsel = counsel(lavish);
        WeakReference<SnapshotCounsel> snapshot = new WeakReference<>(counsel);
        Remedy remedy = counsel.remedy(new Facts(Destination.IMDS, "GET", "/b", ALICE), Profile.STRICT);
        Optional<Proposal> answer = remedy.proposal();
        counsel = null;
        await().atMost(1, TimeUnit.MINUTES).until(() -> {
            System.gc();
            return snapshot.get() == null;
        });
        assertEquals(answer, remedy.proposal());
    }

    @Test
    void fault_isToldInsteadOfThrown() throws Exception {
        SnapshotCounsel counsel = counsel(new Allowance(new java.util.function.LongSupplier() {
            private boolean begun;

            @Override
            public long getAsLong() {
                if (begun) {
                    throw new IllegalStateException("no clock");
                }
                begun = true;
                return 0;
            }
        }));
        assertEquals(new Proposal.LeftOut("working it out failed: java.lang.IllegalStateException: no clock"), ask(counsel, Destination.IMDS, "/b"));
    }
}
