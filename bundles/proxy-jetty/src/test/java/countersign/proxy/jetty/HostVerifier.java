package countersign.proxy.jetty;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Checks a signature as a host would: from the bytes that arrived, with a reading of signing.md of its own. */
final class HostVerifier {
    private HostVerifier() {}

    static String expected(Wire.Message request) {
        String[] line = request.startLine().split(" ");
        Map<String, String> headers = new TreeMap<>();
        for (String field : request.fields()) {
            int colon = field.indexOf(':');
            headers.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", ""));
        }
        headers.remove("x-ms-azure-host-authorization");
        int question = line[1].indexOf('?');
        Map<String, String> pairs = new TreeMap<>();
        for (String pair : question < 0 ? new String[0] : line[1].substring(question + 1).split("&")) {
            String[] parts = pair.split("=", 2);
            String value = parts.length == 2 ? parts[1] : "";
            String key = parts[0].toLowerCase(Locale.ROOT);
            if (!key.isEmpty()) {
                pairs.put(key + value, value.isEmpty() ? key : key + "=" + value);
            }
        }
        String tail = "\n"
                + headers.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue() + "\n").collect(Collectors.joining())
                + (question < 0 ? line[1] : line[1].substring(0, question))
                + "\n"
                + String.join("&", pairs.values());
        return "Azure-HMAC-SHA256 " + Rig.GUID + " " + hmac((line[0] + "\n").getBytes(StandardCharsets.ISO_8859_1), request.body(), tail.getBytes(StandardCharsets.ISO_8859_1));
    }

    static boolean accepts(Wire.Message request) {
        return expected(request).equals(request.field("x-ms-azure-host-authorization"));
    }

    private static String hmac(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(Rig.KEY), "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return HexFormat.of().formatHex(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
