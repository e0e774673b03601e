package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Java and the compiled programs agree about every byte they share. */
class LayoutTest {
    private static final Path HEADER = Path.of("../../bpf/records.h");

    @ParameterizedTest
    @CsvSource({
        "policy_key, PolicyKey",
        "policy_value, PolicyValue",
        "target, Target",
        "flow_key, FlowKey",
        "record, Record",
        "config, Config"
    })
    void struct_hasTheOffsetsThatJavaUses(String struct, String layout) throws Exception {
        Btf.Struct compiled = Btf.of(object()).struct(struct);

        Map<String, Integer> java = constants(layout);
        assertEquals(compiled.size(), java.get("SIZE"), "size");
        Map<String, Integer> shared = new LinkedHashMap<>();
        compiled.offsets().keySet().stream()
                .filter(member -> !member.startsWith("zero"))
                .forEach(member -> shared.put(member, java.get(member.toUpperCase(Locale.ROOT))));
        Map<String, Integer> expected = new LinkedHashMap<>(compiled.offsets());
        expected.keySet().removeIf(member -> member.startsWith("zero"));
        assertEquals(expected, shared);
    }

    @Test
    void bucket_hasTheOffsetsThatJavaUses() throws IOException {
        Btf.Struct bucket = Btf.of(object()).struct("bucket");

        assertEquals(Layout.Bucket.SIZE, bucket.size());
        assertEquals(Layout.Bucket.ARRIVAL_NS, bucket.offsets().get("arrival_ns"));
    }

    @Test
    void flags_areThoseOfTheHeader() throws IOException {
        Map<String, Integer> macros = macros();

        assertEquals(macros.get("COUNTERSIGN_ABI"), Layout.ABI);
        assertEquals(macros.get("GUARDED_V4_MAX"), Layout.Config.GUARDED_V4_MAX);
        assertEquals(macros.get("COUNTERS_MAX"), Counter.CAPACITY);
        assertEquals(macros.get("POLICY_CANARY"), Layout.PolicyValue.CANARY);
        assertEquals(macros.get("RECORD_REDIRECTED"), Layout.Record.REDIRECTED);
        assertEquals(macros.get("RECORD_AGENT"), Layout.Record.AGENT);
        assertEquals(macros.get("RECORD_PUBLISHED"), Layout.Record.PUBLISHED);
        assertEquals(macros.get("RECORD_V6MAPPED"), Layout.Record.V6MAPPED);
        assertEquals(macros.get("MODE_RATE_LIMIT"), Layout.Config.RATE_LIMIT);
        assertEquals(macros.get("MODE_DENY_UNKNOWN_NETNS"), Layout.Config.DENY_UNKNOWN_NETNS);
        assertEquals(macros.get("MODE_LISTENER_CHECK"), Layout.Config.LISTENER_CHECK);
        assertEquals(macros.get("MODE_SET_ERRNO"), Layout.Config.SET_ERRNO);
        assertEquals(macros.get("MODE_RATE_BY_UID"), Layout.Config.RATE_BY_UID);
        assertEquals(13, macros.size(), "every number of the header is compared above: " + macros.keySet());
    }

    @Test
    void counters_areThoseOfTheHeaderInTheSameOrder() throws IOException {
        List<String> header = new ArrayList<>();
        Matcher counter = Pattern.compile("^\\tCOUNT_(\\w+),", Pattern.MULTILINE).matcher(Files.readString(HEADER));
        while (counter.find()) {
            header.add(counter.group(1));
        }
        assertEquals(header, List.of(Counter.values()).stream().map(Enum::name).toList());
    }

    private static byte[] object() throws IOException {
        try (InputStream in = Kernel.class.getResourceAsStream("countersign.bpf.o")) {
            return in.readAllBytes();
        }
    }

    private static Map<String, Integer> constants(String layout) throws ReflectiveOperationException {
        Map<String, Integer> constants = new LinkedHashMap<>();
        for (Field field : Class.forName(Layout.class.getName() + "$" + layout).getDeclaredFields()) {
            constants.put(field.getName(), field.getInt(null));
        }
        return constants;
    }

    private static Map<String, Integer> macros() throws IOException {
        Map<String, Integer> macros = new LinkedHashMap<>();
        Matcher macro = Pattern.compile("^#define (\\w+)\\s+(?:\\(1U << (\\d+)\\)|(\\d+))", Pattern.MULTILINE)
                .matcher(Files.readString(HEADER));
        while (macro.find()) {
            macros.put(macro.group(1), macro.group(2) == null ? Integer.parseInt(macro.group(3)) : 1 << Integer.parseInt(macro.group(2)));
        }
        return macros;
    }
}
