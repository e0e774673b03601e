package countersign.authorization.engine.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import countersign.authorization.engine.decision.CompatRequest;
import countersign.authorization.engine.fuzz.TimeSlice;
import countersign.endpoint.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.statistics.Statistics;

class CanonicalizerFuzzTest {
    private static final List<String> PIECES = List.of("/", "//", ".", "..", ";", "%2e", "%2F", "%25", "%", "%zz", "%00", "%C3%A9", "%80", "%C0%AF", "?", "&", "=", "+", "%3F",
            "%26", "a", "B", "metadata", "\\", "http://", "169.254.169.254", "@", ":80", "[::1]", "0x", "#", "\u00e9", "\ud800", "\ud83d\ude00", "\u0000", " ", "%ED%A0%80", "%F4%8F%BF%BF");
    private static final long IMDS = 0xA9FEA9FEL;

    @Property(tries = TimeSlice.WITHOUT_END, seed = TimeSlice.SEED)
    @AddLifecycleHook(TimeSlice.class)
    void canonicalization_isTotalAndIdempotent(@ForAll("targets") String target) {
        new CompatRequest(target).query();
        Canonical canonical = Canonicalizer.canonicalize("GET", target);
        if (canonical instanceof Canonical.Form form) {
            String rendered = form.render();
            Canonical.Form again = assertInstanceOf(Canonical.Form.class, Canonicalizer.canonicalize("GET", rendered));
            assertEquals(rendered, again.render());
            assertEquals(form.path().segments(), again.path().segments());
            assertEquals(form.query(), again.query());
        }
        Statistics.label("has a form").collect(canonical instanceof Canonical.Form)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 5));
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> any = Arbitraries.chars().range('\0', '\u017f').map(String::valueOf);
        Arbitrary<String> piece = Arbitraries.frequencyOf(Tuple.of(7, Arbitraries.of(PIECES)), Tuple.of(1, any));
        Arbitrary<String> begin = Arbitraries.frequency(Tuple.of(3, "/"), Tuple.of(1, ""));
        return Combinators.combine(begin, piece.list().ofMaxSize(12)).as((first, rest) -> first + String.join("", rest));
    }

    @Property(tries = 2000, seed = TimeSlice.SEED)
    void everyNumericSpellingOfAnAddress_namesTheSameEndpoint(@ForAll("spellings") String host) {
        Canonical.Form form = assertInstanceOf(Canonical.Form.class, Canonicalizer.canonicalize("GET", "http://" + host + "/"));
        assertEquals(Optional.of(Endpoint.IMDS), form.authority());
    }

    /** One to four numbers, of which the last stands for all the octets that are left. */
    @Provide
    Arbitrary<String> spellings() {
        return Arbitraries.integers().between(1, 4).flatMap(numbers -> {
            Arbitrary<String> host = number(IMDS & (1L << 8 * (5 - numbers)) - 1);
            for (int octet = numbers - 2; octet >= 0; octet--) {
                host = Combinators.combine(number(IMDS >> 8 * (3 - octet) & 0xFF), host).as((first, rest) -> first + "." + rest);
            }
            return Combinators.combine(host, Arbitraries.frequency(Tuple.of(3, ""), Tuple.of(1, "."))).as(String::concat);
        });
    }

    private static Arbitrary<String> number(long value) {
        return Arbitraries.of("0x" + Long.toHexString(value), "0X" + Long.toHexString(value).toUpperCase(Locale.ROOT),
                "0" + Long.toOctalString(value), Long.toString(value));
    }
}
