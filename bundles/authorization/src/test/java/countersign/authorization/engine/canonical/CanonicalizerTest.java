package countersign.authorization.engine.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import countersign.endpoint.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of canonicalization.md sections 3 to 5, row by row. */
class CanonicalizerTest {
    private static Canonical.Form form(String target) {
        return assertInstanceOf(Canonical.Form.class, Canonicalizer.canonicalize("GET", target), target);
    }

    private static String error(String target) {
        return assertInstanceOf(Canonical.Refused.class, Canonicalizer.canonicalize("GET", target), target).error().code();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "/metadata/identity|metadata identity|false", "/Metadata/IDENTITY/|metadata identity|true", "//metadata///identity|metadata identity|false",
        "/metadata/./identity|metadata identity|false", "/metadata/x/../identity|metadata identity|false", "/metadata%2Fidentity|metadata identity|false",
        "/metadata%2fidentity|metadata identity|false", "/metadata%252Fidentity|metadata%2fidentity|false",
        "/metadata/%252e%252e/identity|metadata %2e%2e identity|false", "/metadata/%2E%2e/identity|identity|false", "/a;v=1;w=2/b;c|a b|false",
        "/a/;k=v/b|a b|false", "/a%3Bb|a|false", "/|``|false", "//|``|false", "/./|``|false", "/;/|``|false", "/a/..|``|false", "``|``|false", "/a/.;x|a|false",
        "/a/..;x|``|false", "*|*|false", "/a%2F|a|false", "/a/..;/b/|b|true", "/a/b/..|a|false",
    })
    void path_hasTheseSegments(String path, String segments, boolean trailingSlash) {
        CanonicalPath canonical = form(path).path();
        assertEquals(segments.isEmpty() ? List.of() : List.of(segments.split(" ")), canonical.segments());
        assertEquals(trailingSlash, canonical.trailingSlash());
    }

    @Test
    void blanksAndQuotes_stay() {
        assertEquals(List.of("foo bar", "a\\b\"'"), form("/foo%20bar/a\\b\"'").path().segments());
    }

    @ParameterizedTest
    @CsvSource({
        "/..,UNDERFLOW", "/a/../..,UNDERFLOW", "/a/b/../../../c,UNDERFLOW", "/a%,PCT", "/a%2,PCT", "/a%2G,PCT", "/a%ZZ,PCT", "/a%00,CTRL", "/a%09,CTRL", "/a%0A,CTRL",
        "/a%0D,CTRL", "/a%7F,CTRL", "/a%1f,CTRL", "/caf%C3%A9,NON_ASCII", "/%C4%B1dentity,NON_ASCII", "/x%EF%BC%8Fy,NON_ASCII", "/x%80,UTF8", "/x%FF,UTF8", "/x%C3,UTF8",
        "/x%C0%AFy,OVERLONG", "/x%C1%81,OVERLONG", "/x%E0%80%AFy,OVERLONG", "/x%E0%9F%BF,OVERLONG", "/x%F0%80%80%AFy,OVERLONG", "/x%F0%8F%BF%BF,OVERLONG",
        "/x%E0%A0%80,NON_ASCII", "/x%F0%90%80%80,NON_ASCII", "/x%F4%8F%BF%BF,NON_ASCII", "/x%F4%90%80%80,UTF8", "/x%F5%80%80%80,UTF8", "/x%ED%9F%BF,NON_ASCII",
        "/x%ED%A0%80,UTF8", "/x%E2%82,UTF8", "/x%E2%82%41,UTF8", "/x%F0%90%80%41,UTF8", "/x%C2%41,UTF8", "/x%C2%80,NON_ASCII", "/x%DF%BF,NON_ASCII", "/x%F8,UTF8",
        "/x%3Fy,EMBQ", "/x%3fy,EMBQ", "/\u00e9,NON_ASCII",
    })
    void path_hasNoForm(String path, String code) {
        assertEquals("CANON_" + code, error(path));
    }

    @ParameterizedTest
    @CsvSource({"/%C3%A9%00,CTRL", "/%80%00,UTF8", "/%C3%A9%3F,NON_ASCII", "/..%3F,EMBQ", "/%C0%AF%80,OVERLONG", "/%80%,PCT", "/..?%,UNDERFLOW", "/%00%3F,CTRL"})
    void stages_areInOrder(String path, String code) {
        assertEquals("CANON_" + code, error(path));
    }

    @Test
    void query_hasTheseValues() {
        assertEquals(Map.of("api-version", List.of("2018")), form("/?API-Version=2018").query());
        assertEquals(Map.of("k", List.of("1", "2", "3")), form("/?k=1&k=2&K=3").query());
        assertEquals(Map.of("flag", List.of("")), form("/?flag").query());
        assertEquals(Map.of("k", List.of("v")), form("/?=x&&k=v").query());
        assertEquals(Map.of("k", List.of("a=b")), form("/?k=a=b").query());
        assertEquals(Map.of("k", List.of("a b", "a b", "a+b")), form("/?k=a+b&k=a%20b&k=a%2Bb").query());
        assertEquals(Map.of("k", List.of("%41")), form("/?k=%2541").query());
        assertEquals(Map.of("mi_res_id", List.of("/sub/rg")), form("/?mi_res_id=/Sub/RG").query());
        assertEquals(Map.of("resource", List.of("r\u00c9s")), form("/?resource=R%C3%89s").query());
        assertEquals(Map.of(), form("/?").query());
        assertEquals(Map.of("?", List.of("?")), form("/??=?").query());
    }

    @ParameterizedTest
    @CsvSource({"k=%2,PCT", "k=%zz,PCT", "k=%80,UTF8", "k=%0A,CTRL", "%0A=%zz,CTRL", "=%zz,PCT", "k=%C0%AF,UTF8", "k=%7f,CTRL", "a=1&b=%,PCT"})
    void query_hasNoForm(String query, String code) {
        assertEquals("CANON_" + code, error("/?" + query));
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.169.254,imds", "169.254.169.254:80,imds", "2852039166,imds", "0xa9fea9fe,imds", "0XA9.0xfe.169.0376,imds", "169.254.43518,imds", "169.16689662,imds",
        "169.254.169.254.,imds", "[::ffff:169.254.169.254],imds", "[::ffff:a9fe:a9fe],imds", "[0:0:0:0:0:FFFF:a9fe:A9FE]:80,imds", "168.63.129.16,wireserver",
        "2822734096,wireserver", "0xa83f8110,wireserver", "[::ffff:a83f:8110],wireserver", "168.63.129.16:32526,hostga", "2822734096:32526,hostga",
        "169.254.169.254:8080,-", "1.2.3.4,-", "[::1],-", "[::169.254.169.254],-", "metadata.azure.internal,-", "METADATA.AZURE.INTERNAL.,-", "[::],-",
        "[1:2:3:4:5:6:7:8],-", "[::ffff:0:169.254.169.254],-", "[64:ff9b::169.254.169.254],-", "169.254.169.254:080,imds", "a-b.c,-", "[169.254.169.254],imds",
    })
    void authority_namesThisEndpoint(String authority, String endpoint) {
        assertEquals(endpoint.equals("-") ? Optional.empty() : Optional.of(endpoint), form("http://" + authority + "/a").authority().map(Endpoint::name));
        assertEquals(true, form("HTTP://" + authority).absolute());
    }

    @ParameterizedTest
    @CsvSource({
        "user@169.254.169.254,USERINFO", "169.254.169.254:80@evil.example,USERINFO", "169.254.169.254:99999,PORT", "169.254.169.254:,PORT", "169.254.169.254:+80,PORT",
        "169.254.169.254:8a,PORT", "1.2.3.4:65536,PORT", "999.1.1.1,HOST", "1.2.3.4.5,HOST", "1..2.3,HOST", "0x,HOST", "08.1.1.1,HOST", "4294967296,HOST", "foo_bar,HOST",
        "0x123456789,HOST", "0x0a9fea9fe,HOST", "1.2.65536,HOST", "1.16777216,HOST", "256.1.1.1,HOST", ".,HOST", "...,HOST", "-,HOST", "[::1,HOST", "[::1]x,HOST", "[::g],HOST", "[1::2::3],HOST",
        "[1:2:3:4:5:6:7:8:9],HOST", "[::ffff:1.2.3],HOST", "[::ffff:01.2.3.4],HOST", "[12345::],HOST", "cafe,HOST", "[],HOST", "1.2.3.4:-1,PORT", "[:::],HOST", "::1,HOST",
        "[fe80::1%25eth0],HOST", "[::ffff:256.1.1.1],HOST", "[:],HOST",
    })
    void authority_hasNoForm(String authority, String code) {
        assertEquals("CANON_" + code, error("http://" + authority + "/a"));
    }

    @Test
    void otherSchemesAndForms_areRefused() {
        assertEquals("CANON_SCHEME", error("https://169.254.169.254/a"));
        assertEquals("CANON_SCHEME", error("ftp://169.254.169.254/a"));
        assertEquals("CANON_SCHEME", error("169.254.169.254:80"));
        assertEquals("CANON_SCHEME", error("http:/a"));
        assertEquals("CANON_HOST", error("http:///a"));
        assertEquals("CANON_METHOD", ((Canonical.Refused) Canonicalizer.canonicalize("get", "/a")).error().code());
        assertEquals("CANON_SCHEME", ((Canonical.Refused) Canonicalizer.canonicalize("get", "x://a")).error().code());
        assertEquals("CANON_METHOD", ((Canonical.Refused) Canonicalizer.canonicalize("TRACE", "http://a@b")).error().code());
        assertEquals("/", form("http://1.2.3.4").render());
        assertEquals("/?a=1", form("http://1.2.3.4?a=1").render());
        assertEquals("/a/b?c=d", form("http://1.2.3.4/a//b?c=d").render());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "/A/b/|/a/b/", "/a%20b/%25x|/a%20b/%25x", "/a%23/%3Bx/b|/a%23/b", "/?b=1&A=2&a=3|/?a=2&a=3&b=1", "/?k|/?k=", "/?k=%C3%89|/?k=%C3%89", "/?a%26b=c%3Dd+e%23%2B|/?a%26b=c%3Dd%20e%23%2B",
        "/?%F0%9F%98%80=1&%EF%BF%BD=2|/?%EF%BF%BD=2&%F0%9F%98%80=1", "*|/*", "/a%2F|/a", "/a/.|/a",
    })
    void rendering_isCanonicalItself(String target, String rendered) {
        assertEquals(rendered, form(target).render());
        assertEquals(rendered, form(rendered).render());
        assertEquals(form(target).query(), form(rendered).query());
        assertEquals(form(target).path().segments(), form(rendered).path().segments());
    }

    @Test
    void pattern_takesRuleTexts() {
        assertEquals("/metadata", ((Canonical.Form) Canonicalizer.pattern("metadata", "")).render());
        assertEquals("/", ((Canonical.Form) Canonicalizer.pattern("", "")).render());
        assertEquals(Map.of("k", List.of("\u00e9")), ((Canonical.Form) Canonicalizer.pattern("/a", "k=\u00e9")).query());
        assertEquals(CanonicalError.EMBQ, ((Canonical.Refused) Canonicalizer.pattern("/a?b", "")).error());
        assertEquals(CanonicalError.CTRL, ((Canonical.Refused) Canonicalizer.pattern("/a\u0001", "")).error());
        assertEquals("/a/x%20y", CanonicalPath.ofSegments(List.of("a", "x y")).text());
    }
}
