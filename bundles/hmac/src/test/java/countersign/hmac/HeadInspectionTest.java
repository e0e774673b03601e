package countersign.hmac;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.endorsement.RefusalReason;
import countersign.endpoint.Endpoint;
import countersign.request.HeaderField;
import countersign.request.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadInspectionTest {
    @ParameterizedTest
    @ValueSource(strings = {"host", "content-length", "transfer-encoding", "metadata", "x-ms-version", "x-ms-azure-host-claims", "x-ms-azure-anything"})
    void repeatedHeader_thatMustBeSingle_isRefused(String name) {
        assertRefused(RefusalReason.HEADER_REPEATED, "GET", "/", name, "1", "x-other", "2", name, "1");
    }

    @Test
    void repeatedHeader_ofAnotherName_isFine() {
        assertFit("GET", "/", "x-tag", "one", "x-tag", "two", "cookie", "a", "cookie", "b");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x0a, 0x0d, 0x1f, 0x7f, 0x80, 0xff})
    void headerByte_thatCannotBeSigned_isRefused(int value) {
        assertRefused(RefusalReason.HEADER_BYTES, "GET", "/", "x-name", "a" + (char) value + "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x y", "x:y", "x\u00e9", "x\u007f", "x(y"})
    void headerName_thatIsNoToken_isRefused(String name) {
        assertRefused(RefusalReason.HEADER_BYTES, "GET", "/", name, "1");
    }

    @Test
    void headerBytes_atTheBoundsAreFine() {
        assertFit("GET", "/", "x-name", " ~\t");
    }

    @Test
    void lengthTogetherWithCoding_isRefused() {
        assertRefused(RefusalReason.LENGTH_AND_CHUNKED, "POST", "/", "content-length", "3", "transfer-encoding", "chunked");
        assertRefused(RefusalReason.LENGTH_AND_CHUNKED, "POST", "/", "transfer-encoding", "chunked", "content-length", "3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked"})
    void transferCoding_otherThanChunked_isRefused(String coding) {
        assertRefused(RefusalReason.TRANSFER_CODING, "POST", "/", "transfer-encoding", coding);
    }

    @Test
    void transferCoding_chunkedInAnyCase_isFine() {
        assertFit("POST", "/", "transfer-encoding", "Chunked ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "+1", "1,1", "1 1", "0x1", "1e1"})
    void length_thatIsNoNumber_isRefused(String length) {
        assertRefused(RefusalReason.LENGTH_SYNTAX, "POST", "/", "content-length", length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"102401", "99999999999999999999999999999999999", "18446744073709551616", "9223372036854775808"})
    void length_overTheLimit_isRefused(String length) {
        assertRefused(RefusalReason.BODY_LENGTH, "POST", "/", "content-length", length);
    }

    @ParameterizedTest
    @CsvSource({
        "wireserver, PUT,  /vmAgentLog,                  true",
        "hostga,     PUT,  /vmAgentLog,                  true",
        "imds,       PUT,  /vmAgentLog,                  false",
        "wireserver, POST, /machine/?comp=telemetrydata, true",
        "hostga,     POST, /machine/?comp=telemetrydata, false",
        "imds,       POST, /machine/?comp=telemetrydata, false",
    })
    void largeLength_isForExemptRequestsAtTheEndpointThatServesThem(String endpoint, String method, String target, boolean fit) {
        Endpoint at = Endpoint.ALL.stream().filter(e -> e.name().equals(endpoint)).findFirst().orElseThrow();
        assertEquals(
                fit ? Optional.empty() : Optional.of(RefusalReason.BODY_LENGTH),
                HeadInspection.check(at, head(method, target, "content-length", "104857600")));
    }

    @Test
    void headerCount_above100_isRefused() {
        List<HeaderField> headers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            headers.add(new HeaderField("x-" + i, ""));
        }
        assertEquals(Optional.empty(), HeadInspection.check(Endpoint.IMDS, new RequestHead("GET", "/", headers)));
        headers.add(new HeaderField("x-100", ""));
        assertEquals(Optional.of(RefusalReason.HEADER_COUNT), HeadInspection.check(Endpoint.IMDS, new RequestHead("GET", "/", headers)));
    }

    @Test
    void targetLength_above65534_isRefused() {
        assertFit("GET", "/" + "a".repeat(65_533));
        assertRefused(RefusalReason.TARGET_LENGTH, "GET", "/" + "a".repeat(65_534));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "metadata/x", "host:80", "https://169.254.169.254/", "ftp://x/", "//x y", "/a b", "/a\u00e9", "/a`b", "/<a>", "/a#f", "/?a#f", "/?\"", "/?a b", "/\u007f", "?a"})
    void target_outsideTheGrammar_isRefused(String target) {
        assertRefused(RefusalReason.TARGET_BYTES, "GET", target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "*", "/a\"{|}~^[]\\@:;,=!$&'()*+-._", "/?`{|}~?/@", "/%zz%", "/a//b/../c"})
    void target_insideTheGrammar_isFine(String target) {
        assertFit("GET", target);
    }

    @ParameterizedTest
    @CsvSource({
        "imds,       http://169.254.169.254/x,       true",
        "imds,       HTTP://169.254.169.254:80/x,    true",
        "imds,       http://169.254.169.254,         true",
        "imds,       http://169.254.169.254?a=b,     true",
        "imds,       http://169.254.169.254:8080/x,  false",
        "imds,       http://168.63.129.16/x,         false",
        "imds,       http://2852039166/x,            false",
        "imds,       http://u@169.254.169.254/x,     false",
        "imds,       http://169.254.169.254./x,      false",
        "imds,       http:///x,                      false",
        "hostga,     http://168.63.129.16:32526/x,   true",
        "hostga,     http://168.63.129.16/x,         false",
        "wireserver, http://168.63.129.16:32526/x,   false",
    })
    void authority_mustBeTheDestination(String endpoint, String target, boolean fit) {
        Endpoint at = Endpoint.ALL.stream().filter(e -> e.name().equals(endpoint)).findFirst().orElseThrow();
        assertEquals(fit ? Optional.empty() : Optional.of(RefusalReason.AUTHORITY), HeadInspection.check(at, head("GET", target)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s?ab=c&a=bc", "/s?a=bc&x=y&AB=c", "/s?a=b&ab", "/s?k=&K=&kv&k=v"})
    void queryPairs_thatDifferAndCollide_areRefused(String target) {
        assertRefused(RefusalReason.QUERY_COLLISION, "GET", target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s?a=b&a=b", "/s?a&a=", "/s?a=b&A=b", "/s?a=1&a=2", "/s?&&=x", "/s?"})
    void queryPairs_thatAreEqualOrApart_areFine(String target) {
        assertFit("GET", target);
    }

    private static void assertRefused(RefusalReason reason, String method, String target, String... fields) {
        assertEquals(Optional.of(reason), HeadInspection.check(Endpoint.IMDS, head(method, target, fields)));
    }

    private static void assertFit(String method, String target, String... fields) {
        assertEquals(Optional.empty(), HeadInspection.check(Endpoint.IMDS, head(method, target, fields)));
    }

    static RequestHead head(String method, String target, String... fields) {
        List<HeaderField> headers = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(new HeaderField(fields[i], fields[i + 1]));
        }
        return new RequestHead(method, target, headers);
    }
}
