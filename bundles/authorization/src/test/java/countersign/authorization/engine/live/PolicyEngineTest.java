package countersign.authorization.engine.live;

import static org.awaitility.Awaitility.await;
import static org.awaitility.Awaitility.setDefaultTimeout;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.attribution.Caller;
import countersign.authorization.AccessRequest;
import countersign.authorization.Decision;
import countersign.authorization.Explanation;
import countersign.authorization.PolicySnapshot;
import countersign.authorization.Proposal;
import countersign.authorization.Remedy;
import countersign.authorization.engine.Rules;
import countersign.authorization.engine.advice.RuleChange;
import countersign.authorization.engine.live.PolicyEngine.Options;
import countersign.endpoint.Endpoint;
import countersign.policy.LocalRules;
import countersign.policy.PolicyContribution;
import countersign.policy.Privilege;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyEngineTest {
    private static final RuleDocument ALLOW = Rules.document("{'imds':{'defaultAccess':'allow','mode':'enforce','id':'a'}}");
    private static final RuleDocument DENY = Rules.document("{'imds':{'defaultAccess':'deny','mode':'enforce','id':'a'}}");
    /** {"useLocalFileRules":true} with the logical id "x". */
    private static final RuleDocument LOCAL = Rules.document(
            "{'imds':{'defaultAccess':'allow','mode':'enforce','id':'eyJpZCI6IngiLCJ1c2VMb2NhbEZpbGVSdWxlcyI6dHJ1ZX0='}}");

    @BeforeAll
    static void beVeryPatient() {
        setDefaultTimeout(Duration.ofMinutes(1));
    }

    private final List<NoticeEvent> notices = new CopyOnWriteArrayList<>();
    private PolicyEngine engine = engine("enforce", Optional.empty());

    private PolicyEngine engine(String mode, Optional<Path> folder) {
        return new PolicyEngine(new Options(mode, false, true, folder), notices::add);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private String verdict(String target) {
        return verdict(engine.snapshot(), target);
    }

    private Explanation explanation(String target) {
        return decide(engine.snapshot(), target).explanation();
    }

    private static Decision decide(PolicySnapshot snapshot, String target) {
        Caller caller = new Caller(1000, Optional.of("alice"), List.of(), 1, 1, Optional.of("/usr/bin/curl"), Optional.empty(), false);
        return snapshot.decide(new AccessRequest(Endpoint.IMDS.address(), "GET", target, caller));
    }

    private static String verdict(PolicySnapshot snapshot, String target) {
        Decision decision = decide(snapshot, target);
        return decision.fold(allow -> "allow", audited -> "audited", deny -> "deny") + " " + decision.explanation().stage();
    }

    private void awaitVerdict(String expected) {
        await().until(() -> verdict("/a").equals(expected));
    }

    @Test
    void beforeItsStart_everythingIsRefused() {
        assertEquals("deny RULES", verdict("/a"));
        assertEquals(0, engine.snapshot().epoch());
    }

    @Test
    void withoutSources_defaultsDecide() {
        engine.start();
        assertEquals("allow NO_RULES", verdict("/a"));
        assertTrue(engine.snapshot().epoch() > 0);
    }

    @Test
    void sourceBoundBeforeTheStart_isInTheFirstSnapshot() {
        engine.add(FakeSource.host(DENY), 0, 1);
        engine.start();
        assertEquals("deny RULES", verdict("/a"));
    }

    @Test
    void change_givesTheNextEpoch_andAnEqualDocumentNone() {
        FakeSource source = FakeSource.host(DENY);
        engine.add(source, 0, 1);
        engine.start();
        long first = engine.snapshot().epoch();
        PolicySnapshot old = engine.snapshot();
        source.set(new PolicyContribution.Host(ALLOW));
        awaitVerdict("allow RULES");
        assertEquals(first + 1, engine.snapshot().epoch());
        assertEquals("deny RULES", verdict(old, "/a"), "a request keeps the snapshot it started with");
        PolicySnapshot second = engine.snapshot();
        source.set(new PolicyContribution.Host(Rules.document("{'imds':{'defaultAccess':'allow','mode':'enforce','id':'a'}}")));
        source.set(new PolicyContribution.Host(DENY));
        awaitVerdict("deny RULES");
        assertTrue(engine.snapshot().epoch() <= second.epoch() + 1);
    }

    @Test
    void higherRankedSourceWithAContribution_counts() {
        engine.start();
        engine.add(FakeSource.host(DENY), 0, 1);
        awaitVerdict("deny RULES");
        FakeSource better = new FakeSource();
        engine.add(better, 5, 2);
        engine.add(FakeSource.host(ALLOW), -5, 3);
        assertEquals("deny RULES", verdict("/a"), "one that has nothing to say does not count");
        better.set(new PolicyContribution.Host(ALLOW));
        awaitVerdict("allow RULES");
        engine.remove(better);
        awaitVerdict("deny RULES");
        assertEquals(0, better.listeners.size());
    }

    @Test
    void lastSourceThatVanishes_leavesItsRulesInForce() {
        FakeSource source = FakeSource.host(DENY);
        engine.add(source, 0, 1);
        engine.start();
        PolicySnapshot before = engine.snapshot();
        engine.remove(source);
        engine.reconfigure(new Options("shadow", false, true, Optional.empty()));
        await().until(() -> engine.snapshot() != before);
        assertEquals("deny RULES", verdict("/a"));
    }

    @Test
    void ofSourcesOfOneRank_theOlderCounts() {
        engine.add(FakeSource.host(ALLOW), 0, 2);
        engine.add(FakeSource.host(DENY), 0, 1);
        engine.add(FakeSource.host(ALLOW), 0, 3);
        engine.start();
        assertEquals("deny RULES", verdict("/a"));
    }

    @Test
    void lastLocalSourceThatVanishes_leavesItsRulesInForce() {
        engine.add(FakeSource.host(LOCAL), 0, 1);
        FakeSource local = new FakeSource();
        local.set(new PolicyContribution.Local(new LocalRules.Missing(), new LocalRules.Missing()));
        engine.add(local, 0, 2);
        engine.start();
        PolicySnapshot before = engine.snapshot();
        engine.remove(local);
        engine.reconfigure(new Options("shadow", false, true, Optional.empty()));
        await().until(() -> engine.snapshot() != before);
        assertEquals("allow RULES", verdict("/a"));
    }

    @Test
    void localRulesWanted_andNobodyProvidesThem_failsClosed() {
        engine.add(FakeSource.host(LOCAL), 0, 1);
        engine.start();
        assertEquals("deny RULES", verdict("/a"));
        FakeSource local = new FakeSource();
        engine.add(local, 0, 2);
        local.set(new PolicyContribution.Local(new LocalRules.Missing(), new LocalRules.Missing()));
        awaitVerdict("allow RULES");
        local.set(new PolicyContribution.Local(new LocalRules.Unusable("expected an object"), new LocalRules.Missing()));
        awaitVerdict("deny RULES");
        // Said when the rules are in force.
        await().until(() -> notices.stream().anyMatch(notice -> notice.message().contains("expected an object")));
    }

    @Test
    void rulesThatDoNotCompile_leaveTheLastGoodOnes() {
        FakeSource source = FakeSource.host(ALLOW);
        engine.add(source, 0, 1);
        engine.start();
        PolicySnapshot good = engine.snapshot();
        source.set(new PolicyContribution.Host(tooManyPairs()));
        await().until(() -> notices.stream().anyMatch(notice -> notice.name().equals("PolicyRefused")));
        assertSame(good, engine.snapshot());
        NoticeEvent notice = notices.get(notices.size() - 1);
        assertEquals(NoticeEvent.Level.ERROR, notice.level());
        assertEquals("new rules refused, epoch " + good.epoch() + " stays in force: imds: expected at most 2000000 pairs of privilege and holder, got more",
                notice.message());
        source.set(new PolicyContribution.Host(DENY));
        awaitVerdict("deny RULES");
    }

    @Test
    void mode_changesAlsoWhileTheNewestRulesAreRefused() {
        FakeSource source = FakeSource.host(Rules.heldByAlice("deny", "/a"));
        engine.add(source, 0, 1);
        engine.start();
        source.set(new PolicyContribution.Host(tooManyPairs()));
        await().until(() -> notices.stream().anyMatch(notice -> notice.name().equals("PolicyRefused")));
        assertEquals("deny RULES", verdict("/ab"));
        engine.reconfigure(new Options("off", false, true, Optional.empty()));
        await().until(() -> verdict("/ab").equals("allow RULES"));
    }

    @Test
    void sourceThatFails_leavesTheLastGoodRules_andIsReported() {
        FakeSource source = FakeSource.host(ALLOW);
        engine.add(source, 0, 1);
        engine.start();
        PolicySnapshot good = engine.snapshot();
        source.beforeRead = () -> {
            throw new IllegalStateException("no bundle context");
        };
        source.set(new PolicyContribution.Host(DENY));
        await().until(() -> notices.stream().anyMatch(notice -> notice.name().equals("PolicyRefused")));
        assertSame(good, engine.snapshot());
        assertEquals("new rules refused, epoch " + good.epoch() + " stays in force: asking the policy sources failed: "
                + "java.lang.IllegalStateException: no bundle context", notices.get(notices.size() - 1).message());
        source.beforeRead = () -> {};
        source.set(new PolicyContribution.Host(DENY));
        awaitVerdict("deny RULES");
    }

    @Test
    void changesDuringACompilation_areCompiledTogetherByTheNext() throws Exception {
        FakeSource source = FakeSource.host(ALLOW);
        engine.add(source, 0, 1);
        engine.start();
        AtomicInteger reads = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        source.beforeRead = () -> {
            if (reads.incrementAndGet() == 1) {
                begun.countDown();
                assertDoesNotThrow(() -> goOn.await());
            }
        };
        source.set(new PolicyContribution.Host(DENY));
        begun.await();
        for (int i = 0; i < 1000; i++) {
            source.set(new PolicyContribution.Host(i % 2 == 0 ? ALLOW : DENY));
        }
        goOn.countDown();
        // A compilation asks each source twice: for a document and for local rules.
        await().until(() -> reads.get() == 2 * 2);
        source.set(new PolicyContribution.Host(ALLOW));
        awaitVerdict("allow RULES");
        assertEquals(3 * 2, reads.get(), "one under way, one for all that came meanwhile, one for the last change");
    }

    @Test
    void refusal_bringsTheChangeThatWouldHaveLetItPass() {
        RuleDocument rules = Rules.heldByAlice("deny", "/a");
        FakeSource source = FakeSource.host(rules);
        engine.add(source, 0, 1);
        engine.start();
        assertEquals("allow RULES", verdict("/a"));
        assertEquals(Remedy.NONE, explanation("/a").remedy());
        assertEquals("deny RULES", verdict("/b"));
        Proposal.Change change = (Proposal.Change) explanation("/b").remedy().proposal().orElseThrow();
        assertEquals(Optional.of(List.of(new Privilege("allow-path", "/b", Map.of()))), change.additions().privileges());
        assertTrue(change.alsoAllows().contains("every path below \"/b\""), change::toString);
        RuleItem changed = new RuleChange(change.additions(), List.of(), List.of()).applyTo(rules.imds().orElseThrow());
        source.set(new PolicyContribution.Host(new RuleDocument(Optional.of(changed), Optional.empty(), Optional.empty())));
        await().until(() -> verdict("/b").equals("allow RULES"));
        assertEquals("deny RULES", verdict("/c"));
    }

    @Test
    void refusalOfTheToleratedClient_isHelpedAsWhatItMeans_andSoIsARefusalInAuditMode() {
        engine.close();
        engine = new PolicyEngine(new Options("enforce", true, true, Optional.empty()), notices::add);
        RuleDocument rules = Rules.document("{'imds':{'defaultAccess':'deny','mode':'audit','id':'a'}}");
        FakeSource source = FakeSource.host(rules);
        engine.add(source, 0, 1);
        engine.start();
        String target = "/metadata/scheduledevents%3Fapi-version=2020-07-01";
        assertEquals("audited RULES", verdict(target));
        Proposal.Change change = (Proposal.Change) explanation(target).remedy().proposal().orElseThrow();
        assertEquals(Map.of("api-version", "2020-07-01"), change.additions().privileges().orElseThrow().get(0).queryParameters());
        RuleItem changed = new RuleChange(change.additions(), List.of(), List.of()).applyTo(rules.imds().orElseThrow());
        source.set(new PolicyContribution.Host(new RuleDocument(Optional.of(changed), Optional.empty(), Optional.empty())));
        await().until(() -> verdict(target).equals("allow RULES"));
    }

    @Test
    void mode_changesTheProfileOnTheRunningEngine() {
        engine.add(FakeSource.host(Rules.heldByAlice("deny", "/a")), 0, 1);
        engine.start();
        assertEquals("deny RULES", verdict("/ab"));
        PolicySnapshot strict = engine.snapshot();
        engine.reconfigure(new Options("off", false, true, Optional.empty()));
        await().until(() -> engine.snapshot() != strict);
        assertEquals("allow RULES", verdict("/ab"));
        assertEquals(1, engine.divergences(), "the one that strict refused");
        engine.reconfigure(new Options(" SHADOW ", false, true, Optional.empty()));
        await().until(() -> verdict("/ab").equals("allow RULES") && engine.divergences() > 1);
        assertTrue(notices.stream().anyMatch(notice -> notice.level() == NoticeEvent.Level.WARN && notice.name().equals("CANON_DIVERGENCE")
                && notice.message().equals("CANON_DIVERGENCE mode=shadow rule_set=test-useLocalFileRules-false legacy=allow canon=deny uri=\"/ab\"")));
    }

    @Test
    void unknownMode_isShadow() {
        engine.close();
        engine = engine("strict", Optional.empty());
        engine.add(FakeSource.host(Rules.heldByAlice("deny", "/a")), 0, 1);
        engine.start();
        assertEquals("allow RULES", verdict("/ab"));
        assertEquals(1, engine.divergences());
    }

    @Test
    void snapshotFiles_areWrittenWhenRulesChange_andFiveAreKept(@TempDir Path folder) throws Exception {
        engine.close();
        engine = engine("enforce", Optional.of(folder));
        engine.start();
        FakeSource source = FakeSource.host(ALLOW);
        engine.add(source, 0, 1);
        for (int i = 0; i < 7; i++) {
            source.set(new PolicyContribution.Host(i % 2 == 0 ? DENY : ALLOW));
            awaitVerdict(i % 2 == 0 ? "deny RULES" : "allow RULES");
        }
        engine.reconfigure(new Options("off", false, true, Optional.of(folder)));
        source.set(new PolicyContribution.Host(Rules.document("{'imds':{'defaultAccess':'deny','mode':'enforce','id':'last'}}")));
        // Rules are in force before their file is there; the folder must not be taken away meanwhile.
        await().until(() -> snapshots(folder).stream()
                .anyMatch(file -> file.toString().endsWith(".json") && read(file).contains("\"last-useLocalFileRules-false\"")));
        assertEquals(5, snapshots(folder).size());
        assertTrue(snapshots(folder).stream().allMatch(file -> file.getFileName().toString().matches(
                "AuthorizationRules_\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d\\.\\d{3}-\\d{19}\\.json")), () -> snapshots(folder).toString());
    }

    private static List<Path> snapshots(Path folder) {
        try (var files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // deleted or renamed since it was listed
        }
    }

    private static RuleDocument tooManyPairs() {
        StringBuilder privileges = new StringBuilder();
        StringBuilder roles = new StringBuilder();
        StringBuilder identities = new StringBuilder();
        StringBuilder names = new StringBuilder();
        StringBuilder assignments = new StringBuilder();
        for (int i = 0; i < 1500; i++) {
            String comma = i == 0 ? "" : ",";
            privileges.append(comma).append("{'name':'p").append(i).append("','path':'/").append(i).append("'}");
            // A role of its own for each privilege, so that no two privileges can share a set of holders.
            roles.append(comma).append("{'name':'r").append(i).append("','privileges':['p").append(i).append("']}");
            identities.append(comma).append("{'name':'i").append(i).append("'}");
            names.append(comma).append("'i").append(i).append('\'');
        }
        for (int i = 0; i < 1500; i++) {
            assignments.append(i == 0 ? "" : ",").append("{'role':'r").append(i).append("','identities':[").append(names).append("]}");
        }
        String json = "{'imds':{'defaultAccess':'deny','mode':'enforce','id':'x','rules':{'privileges':[" + privileges + "],'roles':[" + roles
                + "],'identities':[" + identities + "],'roleAssignments':[" + assignments + "]}}}";
        return Rules.large(json);
    }
}
