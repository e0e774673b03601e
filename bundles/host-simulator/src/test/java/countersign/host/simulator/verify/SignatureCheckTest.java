package countersign.host.simulator.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.verify.Vectors.Vector;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureCheckTest {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String HEX = "13c266200cf6bfdaadbe24df3d32ed03852bdc5433798b60dcc4edf7db68aa3a";
    private static final Vector GOAL_STATE = vector("goalstate-own");

    static Vector vector(String id) {
        return Vectors.signed().stream().filter(v -> v.id().equals(id)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "Azure-HMAC-SHA256", "Azure-HMAC-SHA256 " + GUID, "azure-hmac-sha256 " + GUID + " " + HEX,
        "Azure-HMAC-SHA256  " + GUID + " " + HEX, "Azure-HMAC-SHA256\t" + GUID + " " + HEX,
        "Azure-HMAC-SHA256 " + GUID + " " + HEX + " x", "Azure-HMAC-SHA256 " + GUID + " " + HEX + "0",
        "Azure-HMAC-SHA256 3d9a6c1e " + HEX, "Azure-HMAC-SHA256 {" + GUID + "} " + HEX, "value"})
    void authorizationInOtherForm_isMalformed(String authorization) {
        assertEquals(Reason.SIGNATURE_MALFORMED,
                Vectors.check(GOAL_STATE.withHeader(CanonicalString.AUTHORIZATION, value -> authorization)));
    }

    @Test
    void authorization_absent_isMissing() {
        assertEquals(Reason.SIGNATURE_MISSING, Vectors.check(without(CanonicalString.AUTHORIZATION)));
    }

    @Test
    void authorization_repeated_isMalformedEvenIfEqual() {
        assertEquals(Reason.SIGNATURE_MALFORMED, Vectors.check(repeated(CanonicalString.AUTHORIZATION)));
    }

    @Test
    void date_absentOrRepeated_isRefusedAsDate() {
        assertEquals(Reason.DATE, Vectors.check(without("x-ms-azure-host-date")));
        assertEquals(Reason.DATE, Vectors.check(repeated("x-ms-azure-host-date")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Tue, 14 Jan 2025 09:08:07", "Tue, 14 Jan 2025 09:08:07 UTC", "Wed, 14 Jan 2025 09:08:07 GMT",
        "2025-01-14T09:08:07Z", "tue, 14 jan 2025 09:08:07 gmt", "Tue, 14 Jan 25 09:08:07 GMT", "Sat, 30 Feb 2025 09:08:07 GMT"})
    void date_inOtherForm_isRefusedAsDate(String date) {
        assertEquals(Reason.DATE, Vectors.check(GOAL_STATE.withHeader("x-ms-azure-host-date", d -> date)));
    }

    @ParameterizedTest
    @CsvSource({"900, VERIFIED", "-900, VERIFIED", "901, DATE", "-901, DATE"})
    void date_isComparedWithTheSimulatedClock(long offset, Reason expected) {
        HostClock clock = Vectors.clock();
        clock.shift(Duration.ofSeconds(offset));
        assertEquals(expected, new SignatureCheck(clock).check(GOAL_STATE.request(), guid -> GOAL_STATE.key()));
    }

    @Test
    void tolerance_canBeChanged() {
        HostClock clock = Vectors.clock();
        clock.shift(Duration.ofSeconds(901));
        SignatureCheck check = new SignatureCheck(clock);
        check.tolerate(Duration.ofSeconds(901));
        assertEquals(Reason.VERIFIED, check.check(GOAL_STATE.request(), guid -> GOAL_STATE.key()));
    }

    @Test
    void claims_absentOrRepeated_areRefusedAsClaims() {
        assertEquals(Reason.CLAIMS, Vectors.check(without("x-ms-azure-host-claims")));
        assertEquals(Reason.CLAIMS, Vectors.check(repeated("x-ms-azure-host-claims")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"isRoot\":\"true\"}", "{ \"isRoot\": true}", "{ \"isRoot\": \"true\" }", "{ \"isroot\": \"true\"}"})
    void claims_inOtherForm_areRefusedAsClaims(String claims) {
        Vector changed = GOAL_STATE.withHeader("x-ms-azure-host-claims", c -> claims);
        assertEquals(Reason.CLAIMS, Vectors.check(changed));
        assertNull(SignatureCheck.isRoot(changed.request()));
    }

    @Test
    void queryPairs_thatCollide_resolveAsSpecified() {
        Vector vector = vector("query-sort-collision");
        // ab=c is displaced by the later a=bc: leaving it out changes nothing, putting it last does.
        assertEquals(Reason.VERIFIED, Vectors.check(vector.withTarget("/s?a=bc&a=z&ab=1")));
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withTarget("/s?a=bc&ab=c&a=z&ab=1")));
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withTarget("/s?ab=c&a=z&ab=1")));
    }

    @Test
    void repeatedHeader_onlyTheLastIsCovered() {
        Vector vector = vector("header-duplicates");
        assertEquals(Reason.VERIFIED, Vectors.check(vector.withHeader("x-tag", v -> v.equals("three") ? v : "other")));
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withHeader("x-tag", v -> v.equals("three") ? "four" : v)));
    }

    private static Vector without(String name) {
        return GOAL_STATE.withHeaders(all -> all.stream().filter(h -> !h.is(name)).toList());
    }

    private static Vector repeated(String name) {
        return GOAL_STATE.withHeaders(all -> {
            List<Header> more = all.stream().filter(h -> h.is(name)).toList();
            all.addAll(more);
            return all;
        });
    }
}
