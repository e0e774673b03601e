package countersign.authorization.engine.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.authorization.engine.decision.CompatRequest;
import countersign.endpoint.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random targets for a fixed time: two seconds in every build, {@code -Dcountersign.fuzz.seconds} for more, {@code -Dcountersign.fuzz.seed} to
 * see a failure again.
 */
class CanonicalizerFuzzTest {
    private static final List<String> PIECES = List.of("/", "//", ".", "..", ";", "%2e", "%2F", "%25", "%", "%zz", "%00", "%C3%A9", "%80", "%C0%AF", "?", "&", "=", "+", "%3F",
            "%26", "a", "B", "metadata", "\\", "http://", "169.254.169.254", "@", ":80", "[::1]", "0x", "#", "\u00e9", "\ud800", "\ud83d\ude00", "\u0000", " ", "%ED%A0%80", "%F4%8F%BF%BF");

    /** So many also on a machine that stands still for the whole time. */
    private static final int LEAST = 2000;

    private final long seed = Long.getLong("countersign.fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void canonicalization_isTotalAndIdempotent() {
        long end = System.nanoTime() + Long.getLong("countersign.fuzz.seconds", 2) * 1_000_000_000;
        long tried = 0;
        long formed = 0;
        while (System.nanoTime() < end || tried < LEAST) {
            String target = target();
            tried++;
            new CompatRequest(target).query();
            if (Canonicalizer.canonicalize("GET", target) instanceof Canonical.Form form) {
                formed++;
                String rendered = form.render();
                Canonical.Form again = assertInstanceOf(Canonical.Form.class, Canonicalizer.canonicalize("GET", rendered), () -> "seed " + seed + ": " + target);
                assertEquals(rendered, again.render(), () -> "seed " + seed + ": " + target);
                assertEquals(form.path().segments(), again.path().segments(), () -> "seed " + seed + ": " + target);
                assertEquals(form.query(), again.query(), () -> "seed " + seed + ": " + target);
            }
        }
        System.out.println("targets canonicalised, seed " + seed + ": " + tried + ", with a form: " + formed);
        assertTrue(formed > 100, "with a form: " + formed);
    }

    private String target() {
        StringBuilder target = new StringBuilder(random.nextInt(4) > 0 ? "/" : "");
        for (int i = random.nextInt(12); i > 0; i--) {
            target.append(random.nextInt(8) == 0 ? String.valueOf((char) random.nextInt(0x180)) : PIECES.get(random.nextInt(PIECES.size())));
        }
        return target.toString();
    }

    @Test
    void everyNumericSpellingOfAnAddress_namesTheSameEndpoint() {
        long address = 0xA9FEA9FEL;
        for (int i = 0; i < 2000; i++) {
            String host = spelling(address);
            Canonical.Form form = assertInstanceOf(Canonical.Form.class, Canonicalizer.canonicalize("GET", "http://" + host + "/"), host);
            assertEquals(Optional.of(Endpoint.IMDS), form.authority(), host);
        }
    }

    private String spelling(long address) {
        int parts = 1 + random.nextInt(4);
        StringBuilder host = new StringBuilder();
        for (int i = 0; i < parts - 1; i++) {
            host.append(number(address >> 8 * (3 - i) & 0xFF)).append('.');
        }
        long rest = address & (1L << 8 * (5 - parts)) - 1;
        return host.append(number(rest)).append(random.nextInt(4) == 0 ? "." : "").toString();
    }

    private String number(long value) {
        return switch (random.nextInt(4)) {
            case 0 -> "0x" + Long.toHexString(value);
            case 1 -> "0X" + Long.toHexString(value).toUpperCase(Locale.ROOT);
            case 2 -> "0" + Long.toOctalString(value);
            default -> Long.toString(value);
        };
    }
}
