package countersign.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import countersign.request.RequestGuard.Violation;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestGuardTest {
    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "TRACE", "get", "", "GET "})
    void methodOutsideTheList_isRefused(String method) {
        assertEquals(Optional.of(Violation.METHOD), RequestGuard.check(method, "/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "/a//b", "/a/../b", "/a%2e%2E/b", "/a..b", "/..", "http://169.254.169.254//x", "http?://h//x", "/%2e.", "/a/%2e%2e"})
    void traversal_isRefusedAlsoInsideNames(String target) {
        assertEquals(Optional.of(Violation.TRAVERSAL), RequestGuard.check("GET", target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a/b", "/a%2F%2Fb", "/a?x=//", "/a?x=..", "/%252e%252e", "/a.b.c", "http://169.254.169.254/x", "*", "/a%2"})
    void ordinaryTarget_passes(String target) {
        assertEquals(Optional.empty(), RequestGuard.check("GET", target));
    }

    @ParameterizedTest
    @CsvSource({"/a/b?c=d, /a/b", "http://h, /", "http://h?Key=Val, /", "http://h:80/x?y, /x", "/a://b, /a://b", "?x, /", "?u=http://h/x, /x", "/a?u=http://h/x, /a"})
    void path_isTakenByteForByteFromEveryForm(String target, String path) {
        assertEquals(path, RequestGuard.path(target));
    }

    @Test
    void decodeLeniently_keepsBrokenEscapesAndReplacesBadUtf8() {
        assertEquals("a%zz%2 é\uFFFD%", RequestGuard.decodeLeniently("a%zz%2 %C3%A9%ff%"));
    }
}
