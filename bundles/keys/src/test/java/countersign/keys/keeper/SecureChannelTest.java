package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.endpoint.Endpoint;
import countersign.host.HostRequest;
import countersign.keys.ChannelState;
import countersign.keys.SigningKey;
import countersign.policy.RuleDocument;
import countersign.telemetry.NoticeEvent.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecureChannelTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> requests = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final ModelVault vault = new ModelVault();
    private final ModelHost host = new ModelHost(request -> requests.add(line(request)));
    private final Recorder recorder = new Recorder();
    private long now;
    private SecureChannel channel = channel();

    @Test
    void firstLatch_takesStatusKeyAttestationInOrder_andNoKeyRequestAfterwards() {
        channel.poll();
        String guid = recorder.state.key().orElseThrow().guid();
        assertEquals(List.of("GET /secure-channel/status None", "POST /secure-channel/key None",
                "POST /secure-channel/key/" + guid + "/key-attestation With"), requests);
        assertEquals(Set.of(guid), vault.attested.keySet());
        requests.clear();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None"), requests);
        assertEquals(1, recorder.latched);
    }

    @Test
    void ownRequests_carryExactlyTheirHeaders() {
        SigningKey key = ModelHost.Issued.of("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35", "ab".repeat(32)).key();
        assertEquals("metadata=True", headers(ChannelRequests.status()));
        assertEquals("metadata=True content-type=application/json", headers(ChannelRequests.acquire()));
        assertEquals(44, ChannelRequests.acquire().body().length);
        assertEquals("{\"authorizationScheme\": \"Azure-HMAC-SHA256\"}", new String(ChannelRequests.acquire().body(), StandardCharsets.US_ASCII));
        assertEquals("metadata=True", headers(ChannelRequests.attest(key)));
        assertEquals(0, ChannelRequests.attest(key).body().length);
        assertEquals(Endpoint.WIRESERVER, ChannelRequests.attest(key).endpoint());
    }

    @Test
    void restart_loadsTheKeyWithoutAttestation() {
        channel.poll();
        SigningKey key = recorder.state.key().orElseThrow();
        restart();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None"), requests);
        assertTrue(recorder.state.key().orElseThrow().sameKeyAs(key));
        assertTrue(said.contains("success Found key details from local and ready to use."), said.toString());
    }

    @Test
    void restart_removesTheKeyThatAKillLeft_butNoneThatHasYetToBeAttested() {
        channel.poll();
        host.rotate();
        channel.poll();
        Set<String> kept = new HashSet<>(Set.of(recorder.state.key().orElseThrow().guid()));
        host.rotate();
        // As if the process had ended before it.
        vault.fault = ModelVault.Fault.PRUNE;
        channel.poll();
        kept.add(recorder.state.key().orElseThrow().guid());
        assertEquals(3, vault.attested.size());
        SigningKey unattested = ModelHost.Issued.of("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35", "ab".repeat(32)).key();
        vault.pending.put(unattested.guid(), unattested);
        restart();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None"), requests);
        assertEquals(kept, vault.attested.keySet());
        assertEquals(Set.of(unattested.guid()), vault.pending.keySet());
    }

    @Test
    void deletedFile_leadsToANewAttestedKey() {
        channel.poll();
        String old = recorder.state.key().orElseThrow().guid();
        vault.attested.clear();
        restart();
        channel.poll();
        String guid = recorder.state.key().orElseThrow().guid();
        assertTrue(!guid.equals(old));
        assertEquals(3, requests.size());
    }

    @Test
    void lostAttestationAnswer_isMadeUpForByAttestingAgain() {
        host.fault(ModelHost.AttestFault.ANSWER_LOST);
        channel.poll();
        assertEquals(ChannelState.UNKNOWN.key(), recorder.state.key());
        assertEquals(1, vault.pending.size());
        String guid = vault.pending.keySet().iterator().next();
        requests.clear();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None", "POST /secure-channel/key/" + guid + "/key-attestation With"), requests);
        assertEquals(guid, recorder.state.key().orElseThrow().guid());
        assertEquals(Set.of(guid), vault.attested.keySet());
    }

    @Test
    void refusedAttestation_leavesTheOldKeySigning_untilTheNextTurn() {
        channel.poll();
        SigningKey old = recorder.state.key().orElseThrow();
        host.rotate();
        host.fault(ModelHost.AttestFault.REFUSED);
        channel.poll();
        assertSame(old, recorder.state.key().orElseThrow());
        assertTrue(said.get(said.size() - 1).matches("message Failed to acquire a key: attestation of key [0-9a-f-]{36}: expected status 200, got 403"), said.toString());
        channel.poll();
        assertEquals(host.named(), recorder.state.key().orElseThrow().guid());
    }

    @Test
    void rotation_keepsThePreviousFile_andNoOlderOne() {
        channel.poll();
        String first = recorder.state.key().orElseThrow().guid();
        host.rotate();
        channel.poll();
        String second = recorder.state.key().orElseThrow().guid();
        assertEquals(Set.of(first, second), vault.attested.keySet());
        host.rotate();
        channel.poll();
        assertEquals(Set.of(second, recorder.state.key().orElseThrow().guid()), vault.attested.keySet());
    }

    @Test
    void channelOff_forgetsTheKeyAndKeepsTheFile_onLoadsIt() {
        channel.poll();
        String guid = recorder.state.key().orElseThrow().guid();
        host.serve(ModelHost.Document.OFF);
        channel.poll();
        assertTrue(recorder.state.key().isEmpty());
        assertEquals(Set.of(), recorder.redirected);
        assertEquals(Set.of(guid), vault.attested.keySet());
        assertEquals("success Customer has not enforce the secure channel state.", said.get(said.size() - 1));
        host.serve(ModelHost.Document.ENFORCE);
        requests.clear();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None"), requests);
        assertEquals(guid, recorder.state.key().orElseThrow().guid());
    }

    @Test
    void channelOffWithModes_staysGuarded_andIsReported() {
        host.serve(ModelHost.Document.OFF_WITH_MODES);
        channel.poll();
        assertEquals(Set.of(Endpoint.WIRESERVER, Endpoint.IMDS, Endpoint.HOSTGA), recorder.redirected);
        assertTrue(recorder.state.key().isEmpty());
        assertTrue(said.stream().anyMatch(line -> line.startsWith("WARN GuardedWithoutKey")), said.toString());
    }

    @Test
    void modeChangedUnderTheSameRuleId_isApplied() {
        channel.poll();
        RuleDocument before = recorder.rules;
        host.serve(ModelHost.Document.AUDIT);
        channel.poll();
        assertEquals(before.imds().orElseThrow().id(), recorder.rules.imds().orElseThrow().id());
        assertEquals("audit", recorder.rules.imds().orElseThrow().mode());
        assertEquals(2, recorder.rulesPublished);
        assertTrue(said.stream().noneMatch(line -> line.contains("rule id changed from 'a'")), said.toString());
    }

    @Test
    void ruleIdChange_isAWarningThatNamesBoth() {
        channel.poll();
        host.serve(ModelHost.Document.MIXED);
        channel.poll();
        assertTrue(said.contains("WARN RuleIdChanged WireServer rule id changed from 'a' to 'b'"), said.toString());
        assertTrue(said.contains("WARN RuleIdChanged IMDS rule id changed from 'a' to 'b'"), said.toString());
    }

    @Test
    void statusLine_isAWarningOnlyWhenItChanges() {
        host.serve(ModelHost.Document.WIRESERVER);
        channel.poll();
        String line = "WARN KeyStatus Key status: scheme Azure-HMAC-SHA256, delivery method http, key guid None, state wireserver, version 1.0,"
                + " WireServer mode Enforce, IMDS mode Audit";
        assertEquals(1, said.stream().filter(line::equals).count(), said.toString());
        channel.poll();
        channel.poll();
        assertEquals(2, said.stream().filter(one -> one.startsWith("WARN KeyStatus")).count(), said.toString());
    }

    @Test
    void states_areThoseOfTheStatusDocument() {
        assertEquals(Map.of("secureChannelState", "Unknown", "wireServerRuleId", "", "imdsRuleId", "", "hostGARuleId", ""), ChannelReport.START.states());
        channel.poll();
        String guid = recorder.state.key().orElseThrow().guid();
        assertEquals("{secureChannelState=WireServer Enforce -  IMDS Enforce - HostGA Enforce, keyGuid=" + guid
                + ", wireServerRuleId=a, imdsRuleId=a, hostGARuleId=a, keyIncarnationId=1}", recorder.report.states().toString());
    }

    @Test
    void pause_isFastWhileUnknownAndYoung_elseTheInterval() {
        host.fault(ModelHost.StatusFault.STATUS_500);
        channel.poll();
        assertEquals(SECOND, channel.due() - now);
        now = 300 * SECOND;
        host.fault(ModelHost.StatusFault.GARBAGE);
        channel.poll();
        assertEquals(15 * SECOND, channel.due() - now);
        now = 0;
        channel.poll();
        assertEquals(15 * SECOND, channel.due() - now);
    }

    @Test
    void failureThatIsOver_isNotSaidAnyMore() {
        channel.poll();
        host.fault(ModelHost.StatusFault.STATUS_500);
        channel.poll();
        assertEquals("message Failed to get the key status: expected status 2xx, got 500", said.get(said.size() - 1));
        channel.poll();
        assertEquals("success Successfully attest the key and ready to use.", said.get(said.size() - 1));
        int lines = said.size();
        channel.poll();
        assertEquals(lines, said.size(), "only once");
        host.serve(ModelHost.Document.OFF);
        channel.poll();
        host.fault(ModelHost.StatusFault.UNREACHABLE);
        channel.poll();
        channel.poll();
        assertEquals("success Customer has not enforce the secure channel state.", said.get(said.size() - 1));
    }

    @Test
    void failedFirstAcquisition_waitsTheWholeInterval() {
        host.fault(ModelHost.KeyFault.UNREACHABLE);
        channel.poll();
        assertEquals(15 * SECOND, channel.due() - now);
        assertEquals("message Failed to acquire a key: unreachable", said.get(said.size() - 1));
    }

    @Test
    void shorterInterval_countsAtOnce() {
        channel.poll();
        now = 3 * SECOND;
        channel.interval(SECOND);
        assertEquals(4 * SECOND, channel.due());
        channel.poll();
        assertEquals(SECOND, channel.due() - now);
    }

    @Test
    void notificationWhileOff_resetsAndPollsAtOnce() {
        host.serve(ModelHost.Document.OFF);
        channel.poll();
        now = 5 * SECOND;
        channel.notified();
        assertEquals(1, recorder.resets);
        assertEquals("Unknown", recorder.report.channelState());
        assertEquals(now, channel.due());
        channel.poll();
        assertEquals(2, recorder.latched);
    }

    @Test
    void notifications_forceOnePollASecond_andNoneIsForgotten() {
        host.serve(ModelHost.Document.OFF);
        channel.poll();
        now = 5 * SECOND;
        channel.notified();
        channel.poll();
        for (int i = 0; i < 50; i++) {
            now += SECOND / 1000;
            channel.notified();
            assertEquals(6 * SECOND, channel.due());
        }
        now = 6 * SECOND;
        channel.poll();
        now = 10 * SECOND;
        channel.notified();
        assertEquals(now, channel.due());
    }

    @Test
    void notificationWithAKey_marksAgain_andDoesNotPoll() {
        channel.poll();
        long due = channel.due();
        channel.notified();
        assertEquals(2, recorder.latched);
        assertEquals(0, recorder.resets);
        assertEquals(due, channel.due());
    }

    @Test
    void notificationWithoutAKey_marksNothing() {
        host.fault(ModelHost.KeyFault.STATUS_404);
        channel.poll();
        channel.notified();
        assertEquals(0, recorder.latched);
    }

    @Test
    void badKeyDocuments_areRefusedWithoutStoring() {
        for (ModelHost.KeyFault fault : List.of(ModelHost.KeyFault.BAD_GUID, ModelHost.KeyFault.NO_HEX, ModelHost.KeyFault.SHORT_KEY,
                ModelHost.KeyFault.GARBAGE, ModelHost.KeyFault.OTHER_SCHEME, ModelHost.KeyFault.XML, ModelHost.KeyFault.STATUS_201)) {
            host.fault(fault);
            channel.poll();
            assertTrue(vault.pending.isEmpty() && vault.attested.isEmpty(), fault.toString());
            assertTrue(recorder.state.key().isEmpty(), fault.toString());
            assertTrue(said.get(said.size() - 1).startsWith("message Failed to acquire a key: "), said.toString());
        }
    }

    @Test
    void unreadableBack_isNotAttested() {
        vault.fault = ModelVault.Fault.READ_BACK;
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None", "POST /secure-channel/key None"), requests);
        assertTrue(recorder.state.key().isEmpty());
    }

    @Test
    void otherKeyReadBack_isNotAttested() {
        vault.instead = ModelHost.Issued.of("3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35", "ab".repeat(32)).key();
        channel.poll();
        assertEquals(List.of("GET /secure-channel/status None", "POST /secure-channel/key None"), requests);
        assertTrue(said.get(said.size() - 1).endsWith("expected to read back what was stored, got something else"), said.toString());
    }

    @Test
    void hostThatNamesNoKey_isAskedOnEveryPoll() {
        channel.poll();
        host.forget();
        requests.clear();
        channel.poll();
        assertEquals(3, requests.size());
    }

    private void restart() {
        requests.clear();
        said.clear();
        channel = channel();
    }

    private SecureChannel channel() {
        recorder.state = ChannelState.UNKNOWN;
        return new SecureChannel(host, answer -> {}, vault, recorder, () -> now, 15 * SECOND);
    }

    private static String line(HostRequest request) {
        return request.method() + " " + request.target() + " " + request.signing().getClass().getSimpleName();
    }

    private static String headers(HostRequest request) {
        return String.join(" ", request.headers().stream().map(field -> field.name() + "=" + field.value()).toList());
    }

    private final class Recorder implements ChannelOutput {
        private ChannelState state = ChannelState.UNKNOWN;
        private RuleDocument rules;
        private Set<Endpoint> redirected = Set.of();
        private ChannelReport report;
        private int rulesPublished;
        private int latched;
        private int resets;

        @Override
        public void channel(ChannelState next) {
            state = next;
        }

        @Override
        public void rules(RuleDocument next) {
            rules = next;
            rulesPublished++;
        }

        @Override
        public void redirect(Set<Endpoint> wanted) {
            redirected = wanted;
        }

        @Override
        public void latched() {
            latched++;
        }

        @Override
        public void reset() {
            resets++;
        }

        @Override
        public void report(ChannelReport next) {
            report = next;
        }

        @Override
        public void message(String text) {
            said.add("message " + text);
        }

        @Override
        public void success(String text) {
            said.add("success " + text);
        }

        @Override
        public void notice(Level level, String name, String text) {
            said.add(level + " " + name + " " + text);
        }
    }
}
