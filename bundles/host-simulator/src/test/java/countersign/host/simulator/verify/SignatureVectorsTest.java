package countersign.host.simulator.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.verify.Vectors.Vector;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every published vector verifies, and stops to verify when anything of it changes. */
class SignatureVectorsTest {
    static List<Vector> vectors() {
        return Vectors.signed();
    }

    static Stream<Vector> vectorsWithBody() {
        return vectors().stream().filter(v -> v.body().length > 0);
    }

    static Stream<Vector> vectorsWithQuery() {
        return vectors().stream().filter(v -> v.target().contains("?"));
    }

    @Test
    void file_holdsAllVectors() {
        assertEquals(18, vectors().size());
        assertEquals(16, Vectors.ALL.get("exemptions").size());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void canonicalString_isThatOfTheVector(Vector vector) {
        assertArrayEquals(vector.canonical(), CanonicalString.of(vector.request()));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void vector_verifies(Vector vector) {
        assertEquals(Reason.VERIFIED, Vectors.check(vector));
    }

    @ParameterizedTest
    @MethodSource("vectorsWithBody")
    void changedBodyByte_isAMismatch(Vector vector) {
        byte[] body = vector.body().clone();
        body[body.length - 1] ^= 1;
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withBody(body)));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedHeaderValue_isAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withHeader("host", host -> host + ":80")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void addedHeader_isAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withHeaders(all -> {
            all.add(new Header("Via", "1.1 somebody"));
            return all;
        })));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void removedHeader_isAMismatch(Vector vector) {
        String victim = vector.headers().stream().map(Header::name)
                .filter(name -> !name.toLowerCase(Locale.ROOT).startsWith("x-ms-azure-host")).filter(name -> !name.equalsIgnoreCase("host"))
                .filter(name -> !name.equalsIgnoreCase("content-length") && !name.equalsIgnoreCase("transfer-encoding"))
                .findFirst().orElse(null);
        if (victim != null) {
            assertEquals(Reason.SIGNATURE_MISMATCH,
                    Vectors.check(vector.withHeaders(all -> all.stream().filter(h -> !h.is(victim)).toList())));
        } else {
            assertEquals(Reason.CLAIMS,
                    Vectors.check(vector.withHeaders(all -> all.stream().filter(h -> !h.is("x-ms-azure-host-claims")).toList())));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void headerNameCaseAndOrder_doNotMatter(Vector vector) {
        // A stable sort: fields of one name keep their order, of which the last counts.
        assertEquals(Reason.VERIFIED, Vectors.check(vector.withHeaders(all -> all.stream()
                .map(h -> new Header(h.name().toUpperCase(Locale.ROOT), h.value()))
                .sorted((a, b) -> b.name().compareTo(a.name())).toList())));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedPath_isAMismatch(Vector vector) {
        String target = vector.target().startsWith("http://") ? vector.target().replace("?", "/x?")
                : vector.target().replaceFirst("^/", "/x");
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withTarget(target)));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void addedParameter_isAMismatch(Vector vector) {
        String target = vector.target() + (vector.target().contains("?") ? "&" : "?") + "zz=1";
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withTarget(target)));
    }

    @ParameterizedTest
    @MethodSource("vectorsWithQuery")
    void changedParameterValue_isAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withTarget(vector.target() + "9")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedMethod_isAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withMethod("PATCH")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void otherGuid_isUnknown(Vector vector) {
        assertEquals(Reason.KEY_UNKNOWN, Vectors.check(authorization(vector, vector.key().guid(), "0e57fabc-0000-4000-8000-000000000001")));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void guidInOtherCase_isUnknown(Vector vector) {
        assertEquals(Reason.KEY_UNKNOWN,
                Vectors.check(authorization(vector, vector.key().guid(), vector.key().guid().toUpperCase(Locale.ROOT))));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedDate_isAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withHeader("x-ms-azure-host-date", d -> d.replace("09:08:07", "09:08:08"))));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void farDate_isRefusedAsDate(Vector vector) {
        assertEquals(Reason.DATE, Vectors.check(vector.withHeader("x-ms-azure-host-date",
                d -> HostClock.format(Vectors.DATE.plus(Duration.ofMinutes(15)).plusSeconds(1)))));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedClaims_areAMismatch(Vector vector) {
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(vector.withHeader("x-ms-azure-host-claims",
                c -> c.contains("true") ? c.replace("true", "false") : c.replace("false", "true"))));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void upperCaseHex_isMalformed(Vector vector) {
        String signature = signature(vector);
        assertEquals(Reason.SIGNATURE_MALFORMED, Vectors.check(authorization(vector, signature, signature.toUpperCase(Locale.ROOT))));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void changedSignatureDigit_isAMismatch(Vector vector) {
        String signature = signature(vector);
        String other = signature.substring(0, 63) + (signature.endsWith("0") ? "1" : "0");
        assertEquals(Reason.SIGNATURE_MISMATCH, Vectors.check(authorization(vector, signature, other)));
    }

    private static Vector authorization(Vector vector, String from, String to) {
        return vector.withHeader(CanonicalString.AUTHORIZATION, value -> value.replace(from, to));
    }

    private static String signature(Vector vector) {
        String value = vector.header(CanonicalString.AUTHORIZATION);
        return value.substring(value.lastIndexOf(' ') + 1);
    }
}
