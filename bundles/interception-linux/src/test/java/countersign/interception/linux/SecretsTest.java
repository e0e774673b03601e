package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "/usr/bin/monkey --keyboard us | /usr/bin/monkey --keyboard us"
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

    @Test
    void privateKeyBlock_isReplaced() {
        String pem = "-----BEGIN RSA PRIVATE KEY-----\nabc\ndef\n-----END RSA PRIVATE KEY-----";
        assertEquals("a -----[REDACTED]----- b", Secrets.redact("a " + pem + " b"));
    }

    @Test
    void longHostileText_isDoneInBoundedTime() {
        String hostile = "secret".repeat(680);
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> Secrets.redact(hostile));
    }
}
