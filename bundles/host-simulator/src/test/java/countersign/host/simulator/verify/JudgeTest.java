package countersign.host.simulator.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import countersign.host.simulator.channel.HostKey;
import countersign.host.simulator.channel.KeyState;
import countersign.host.simulator.channel.Mode;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Body;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.RawRequest;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.verify.Vectors.Vector;
import countersign.host.simulator.verify.Verdict.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of host-endpoints.md section 9, row by row. */
class JudgeTest {
    private static final Vector SIGNED = SignatureCheckTest.vector("goalstate-own");
    private static final Vector ATTESTATION = SignatureCheckTest.vector("attest-no-body");
    private static final HostKey OTHER =
            HostKey.of("c0ffee12-0b5e-4d3a-8f61-77e2d4b9a610", 2, Vectors.DATE, "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89");
    private static final KeyState LATCHED = new KeyState(SIGNED.key(), null, SIGNED.key().guid());
    private static final KeyState NO_KEY = new KeyState(null, SIGNED.key(), null);

    private final Judge judge = new Judge(new SignatureCheck(Vectors.clock()));

    static Stream<Arguments> rows3to8() {
        return Stream.of(
                Arguments.of(Reason.SIGNATURE_MISSING, 401, without("x-ms-azure-host-authorization")),
                Arguments.of(Reason.SIGNATURE_MALFORMED, 401, SIGNED.withHeader("x-ms-azure-host-authorization", a -> a + " ?")),
                Arguments.of(Reason.KEY_UNKNOWN, 403, SIGNED.withHeader("x-ms-azure-host-authorization",
                        a -> a.replace(SIGNED.key().guid(), OTHER.guid()))),
                Arguments.of(Reason.DATE, 403, without("x-ms-azure-host-date")),
                Arguments.of(Reason.CLAIMS, 403, without("x-ms-azure-host-claims")),
                Arguments.of(Reason.SIGNATURE_MISMATCH, 403, SIGNED.withTarget("/machine?comp=other")));
    }

    @ParameterizedTest
    @MethodSource("rows3to8")
    void failedCheck_isRefusedInEnforce_withItsStatus(Reason reason, int status, Vector vector) {
        assertEquals(new Verdict(Kind.REFUSE, reason, reason), judge(vector, Mode.ENFORCE, LATCHED));
        assertEquals(status, reason.status());
    }

    @ParameterizedTest
    @MethodSource("rows3to8")
    void failedCheck_isServedAndCountedInAudit(Reason reason, int status, Vector vector) {
        assertEquals(new Verdict(Kind.SERVE_COUNTED, reason, reason), judge(vector, Mode.AUDIT, LATCHED));
    }

    @ParameterizedTest
    @MethodSource("rows3to8")
    void failedCheck_beforeAnyKeyIsLatched_isServed(Reason reason, int status, Vector vector) {
        assertEquals(Reason.NO_KEY_LATCHED, judge(vector, Mode.ENFORCE, NO_KEY).reason());
        assertEquals(Kind.SERVE_COUNTED, judge(vector, Mode.ENFORCE, NO_KEY).kind());
        assertEquals(Kind.SERVE, judge(vector, Mode.AUDIT, NO_KEY).kind());
    }

    @ParameterizedTest
    @MethodSource("rows3to8")
    void failedCheck_whileDisabled_isServed(Reason reason, int status, Vector vector) {
        assertEquals(new Verdict(Kind.SERVE, Reason.MODE_DISABLED, reason), judge(vector, Mode.DISABLED, LATCHED));
    }

    @ParameterizedTest
    @EnumSource(value = Mode.class, names = {"AUDIT", "ENFORCE"})
    void rightSignature_isServed(Mode mode) {
        assertEquals(new Verdict(Kind.SERVE, Reason.VERIFIED, Reason.VERIFIED), judge(SIGNED, mode, LATCHED));
    }

    @ParameterizedTest
    @CsvSource({"GET, /secure-channel/status, WIRESERVER, UNSIGNED_ENDPOINT", "POST, /secure-channel/key, WIRESERVER, UNSIGNED_ENDPOINT",
        "PUT, /vmAgentLog, HOSTGA, EXEMPT", "PUT, /vmAgentLog, WIRESERVER, EXEMPT", "POST, /machine/?comp=telemetrydata, WIRESERVER, EXEMPT",
        "GET, /secure-channel/status, IMDS, SIGNATURE_MISSING", "GET, /secure-channel/status, HOSTGA, SIGNATURE_MISSING",
        "POST, /secure-channel/status, WIRESERVER, SIGNATURE_MISSING", "GET, /secure-channel/status?x, WIRESERVER, SIGNATURE_MISSING",
        "GET, /secure-channel/key, WIRESERVER, SIGNATURE_MISSING", "PUT, /vmAgentLog, IMDS, SIGNATURE_MISSING",
        "POST, /machine/?comp=telemetrydata, HOSTGA, SIGNATURE_MISSING"})
    void unsignedRequest_underEnforce(String method, String target, Service service, Reason expected) {
        Request request = RawRequest.read(method, target, List.of(new Header("Host", "h")), new byte[0]);
        assertEquals(expected, judge.judge(service, request, Mode.ENFORCE, LATCHED).reason());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void attestation_withTheIssuedKey_isServedInEveryMode(Mode mode) {
        assertEquals(new Verdict(Kind.SERVE, Reason.VERIFIED, Reason.VERIFIED), judge(ATTESTATION, mode, NO_KEY));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void attestation_unsigned_isRefusedInEveryMode(Mode mode) {
        Vector unsigned = ATTESTATION.withHeaders(all -> all.stream().filter(h -> !h.is("x-ms-azure-host-authorization")).toList());
        assertEquals(new Verdict(Kind.REFUSE, Reason.SIGNATURE_MISSING, Reason.SIGNATURE_MISSING), judge(unsigned, mode, NO_KEY));
    }

    @Test
    void attestation_whosePathNamesAnotherKey_isUnknown() {
        Vector other = ATTESTATION.withTarget("/secure-channel/key/" + OTHER.guid() + "/key-attestation");
        KeyState both = new KeyState(OTHER, ATTESTATION.key(), OTHER.guid());
        assertEquals(Reason.KEY_UNKNOWN, judge(other, Mode.ENFORCE, both).reason());
    }

    @Test
    void attestation_ofAKeyNeverIssued_isUnknown() {
        assertEquals(Reason.KEY_UNKNOWN, judge(ATTESTATION, Mode.DISABLED, new KeyState(OTHER, null, OTHER.guid())).reason());
    }

    @ParameterizedTest
    @CsvSource({"POST, /secure-channel/key/a/b/key-attestation", "POST, /secure-channel/key//key-attestation",
        "GET, /secure-channel/key/a/key-attestation", "POST, /secure-channel/key/a/key-attestation?x"})
    void requestThatOnlyResemblesAnAttestation_isAnOrdinaryOne(String method, String target) {
        Request request = RawRequest.read(method, target, List.of(new Header("Host", "h")), new byte[0]);
        assertEquals(Reason.MODE_DISABLED, judge.judge(Service.WIRESERVER, request, Mode.DISABLED, LATCHED).reason());
    }

    @Test
    void issuedKey_isNotValidForOrdinaryRequests() {
        assertEquals(Reason.KEY_UNKNOWN, judge(SIGNED, Mode.ENFORCE, new KeyState(OTHER, SIGNED.key(), OTHER.guid())).reason());
    }

    @Test
    void largeExemptUpload_isServedUnchecked() {
        Request upload = new Request("PUT", "/vmAgentLog", false, List.of(new Header("Host", "h")), new Body(9_000_000, "00", null));
        Verdict verdict = judge.judge(Service.HOSTGA, upload, Mode.ENFORCE, LATCHED);
        assertEquals(Reason.EXEMPT, verdict.reason());
        assertNull(verdict.signature());
    }

    private Verdict judge(Vector vector, Mode mode, KeyState keys) {
        return judge.judge(Service.WIRESERVER, vector.request(), mode, keys);
    }

    private static Vector without(String name) {
        return SIGNED.withHeaders(all -> all.stream().filter(h -> !h.is(name)).toList());
    }
}
