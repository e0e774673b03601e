package countersign.proxy.jetty;

/** Writes the few JSON texts of the listener. */
final class Json {
    private final StringBuilder out = new StringBuilder(128).append('{');

    Json text(String name, String value) {
        name(name).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
        return this;
    }

    /** A number or truth value. */
    Json plain(String name, Object value) {
        name(name).append(value);
        return this;
    }

    byte[] bytes() {
        return (out + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private StringBuilder name(String name) {
        return out.append(out.length() > 1 ? ",\"" : "\"").append(name).append("\":");
    }
}
