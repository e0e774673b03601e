package countersign.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String BASE32_52 = "abcdefghijklmnopqrstuvwxyz234567ABCDEFGHIJKLMNOPQRST";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a=1;pwd=x y;b=2 | a=1;[REDACTED];b=2",
        "https://h/?sig=abc&x=1 | https://h/?[REDACTED]&x=1",
        "Authorization: Bearer abc def | [REDACTED]",
        "client_secret=abcd1234efgh | [REDACTED]",
        "nothing here | nothing here",
        "Server=h;password=p;Pooling=true | Server=h;[REDACTED];Pooling=true",
        "DefaultEndpointsProtocol=https;AccountKey=abc==;x=1 | DefaultEndpointsProtocol=https;[REDACTED];x=1",
        "PrimaryKey=a;SecondaryKey=b;c | [REDACTED];[REDACTED];c",
        "login --password hunter2 now | login --[REDACTED] now",
        "curl https://user:pass@host/path -v | curl [REDACTED] -v",
        "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln y | x [REDACTED] y",
        "curl -s http://169.254.169.254/metadata/instance | curl -s http://169.254.169.254/metadata/instance",
        "/usr/bin/monkey --keyboard us | /usr/bin/monkey --keyboard us",
        "Pwd=x;PASSWORD=y;accountKEY=z | [REDACTED];[REDACTED];[REDACTED]",
        "/blob?sv=2022&SIG=a%2Bb%3D&se=1 | /blob?sv=2022&[REDACTED]&se=1",
        "password: \"a 'b\", c | [REDACTED]\", c",
        "{\"password\":\"hunter2\",\"x\":1} | {\"[REDACTED]\",\"x\":1}",
        "pwd = hunter2, then | [REDACTED], then",
        "Authorization: Azure-HMAC-SHA256 11111111-2222-3333-4444-555555555555 ABCDEF | [REDACTED]",
        "x-ms-azure-host-authorization: Azure-HMAC-SHA256 1 2 | x-ms-azure-host-[REDACTED]",
        "GET /?t=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.&x=1 | GET /?t=[REDACTED]&x=1",
        "eyJa.eyJb.c eyJd.eyJe.f-_g | [REDACTED] [REDACTED]",
        "eyJa.b .eyJc d.eyJe | eyJa.b .eyJc d.eyJe",
        "amqps://u:p@h mailto:a@b | [REDACTED] mailto:a@b",
        "/metadata/identity/oauth2/token?resource=https://vault.azure.net | /metadata/identity/oauth2/token?resource=https://vault.azure.net"
    })
    void secret_isReplacedAndTheRestKept(String text, String expected) {
        assertEquals(expected, Secrets.redact(text));
    }

    @Test
    void tokenOf52Base32Characters_isReplaced() {
        assertEquals("[REDACTED]", Secrets.redact("token:" + BASE32_52));
    }

    @Test
    void accessKeyOf44Characters_isReplacedWithItsName() {
        assertEquals("[REDACTED] end", Secrets.redact("sharedaccess: " + "A".repeat(43) + "= end"));
    }

    @ParameterizedTest
    @CsvSource({"43, =, true", "86, =, true", "86, ==, true", "40, '', true", "40, ' ', true", "42, =, false", "44, =, false", "43, '', false",
        "85, =, false", "39, '', false", "41, '', false"})
    void base64AsLongAsAKey_isReplacedBehindAWordForIt(int length, String after, boolean secret) {
        String text = "secret: " + "A".repeat(length) + after;
        assertEquals(secret ? "[REDACTED]" + after.strip().replace("=", "") + (after.equals(" ") ? " " : "") : text, Secrets.redact(text));
        assertEquals("plain: " + "A".repeat(length) + after, Secrets.redact("plain: " + "A".repeat(length) + after));
    }

    @Test
    void base64FarBehindTheWord_isKept() {
        String near = "credential" + ".".repeat(201) + "A".repeat(43) + "=";
        assertEquals("[REDACTED]", Secrets.redact(near));
        String far = "credential" + ".".repeat(202) + "A".repeat(43) + "=";
        assertEquals(far, Secrets.redact(far));
    }

    @Test
    void cacheKeys_areReplaced() {
        assertEquals("x [REDACTED] y", Secrets.redact("x " + "a".repeat(33) + "AzCaPabcde= y"));
        assertEquals("x [REDACTED] y", Secrets.redact("x " + "a".repeat(44) + "AzCaabcdeQ y"));
        assertEquals("[REDACTED],[REDACTED]", Secrets.redact("a".repeat(33) + "AzCaAabcde=," + "b".repeat(44) + "AzCaabcdeA"));
    }

    @ParameterizedTest
    @CsvSource({"32, AzCaPabcde=", "33, AzCaQabcde=", "33, AzCaPabcde", "33, azcaPabcde=", "43, AzCaabcdeQ", "44, AzCaabcdeR"})
    void textsLikeCacheKeys_areKept(int before, String end) {
        String text = "a".repeat(before) + end;
        assertSame(text, Secrets.redact(text));
    }

    @ParameterizedTest
    @CsvSource({"RSA PRIVATE KEY", "PRIVATE KEY"})
    void privateKeyBlock_isReplaced(String label) {
        String pem = "-----BEGIN " + label + "-----\nabc\ndef\n-----END " + label + "-----";
        assertEquals("a -----[REDACTED]----- b", Secrets.redact("a " + pem + " b"));
    }

    @Test
    void textWithoutSecrets_isNotCopied() {
        String text = "GET /metadata/identity/oauth2/token?api-version=2018-02-01";
        assertSame(text, Secrets.redact(text));
    }

    /** 64 KiB each; what grew with the square of that took minutes. Of its own thread's time, because machines stall. */
    @ParameterizedTest
    @ValueSource(strings = {"secret", "eyJ", ".eyJ", "BEGIN ", "aaa://b:", "azurecr ", "apikey ", "authorization ", "-----BEGIN PRIVATE KEY-----",
        "key AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ", "tokentoken", "AzCaPabcde="})
    void longHostileText_isDoneInBoundedTime(String part) {
        String hostile = part.repeat((64 << 10) / part.length()) + "@ AzCa PRIVATE KEY";
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        Secrets.redact(hostile);
        long millis = (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
        assertTrue(millis < 5_000, "milliseconds: " + millis);
    }
}
