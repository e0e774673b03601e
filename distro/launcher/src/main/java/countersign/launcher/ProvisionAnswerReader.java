package countersign.launcher;

import java.io.IOException;

/**
 * Reads the one JSON object of a provision answer. Strict: a flat object, {@code finished} a boolean and
 * {@code errorMessage} a string, each exactly once; other members hold strings, numbers, booleans or null and are ignored.
 */
final class ProvisionAnswerReader {
    private final String json;
    private int at;

    ProvisionAnswerReader(String json) {
        this.json = json;
    }

    ProvisionAnswer read() throws IOException {
        Boolean finished = null;
        String errorMessage = null;
        expect('{');
        if (peek() == '}') {
            throw wrong("members");
        }
        do {
            String name = string();
            expect(':');
            char c = peek();
            if (c == '"') {
                String value = string();
                if (name.equals("errorMessage")) {
                    errorMessage = once(name, errorMessage, value);
                }
            } else {
                String word = word();
                if (name.equals("finished") && (word.equals("true") || word.equals("false"))) {
                    finished = once(name, finished, word.equals("true"));
                }
            }
        } while (next() == ',');
        at--;
        expect('}');
        blanks();
        if (at != json.length()) {
            throw wrong("the end");
        }
        if (finished == null || errorMessage == null) {
            throw new IOException("not a provision answer: finished or errorMessage is missing");
        }
        return new ProvisionAnswer(finished, errorMessage);
    }

    private static <T> T once(String name, T before, T value) throws IOException {
        if (before != null) {
            throw new IOException("not a provision answer: " + name + " twice");
        }
        return value;
    }

    private String word() throws IOException {
        int from = at;
        while (at < json.length() && ",}\"[]{: \t\r\n".indexOf(json.charAt(at)) < 0) {
            at++;
        }
        if (at == from) {
            throw wrong("a plain value");
        }
        return json.substring(from, at);
    }

    private String string() throws IOException {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = raw();
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escape() : c);
        }
    }

    private char escape() throws IOException {
        char c = raw();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("an escape");
        };
    }

    private char unicode() throws IOException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(raw(), 16);
            if (digit < 0) {
                throw wrong("four hexadecimal digits");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    private void expect(char wanted) throws IOException {
        if (next() != wanted) {
            at--;
            throw wrong("'" + wanted + "'");
        }
    }

    private char next() throws IOException {
        blanks();
        return raw();
    }

    private char peek() throws IOException {
        char c = next();
        at--;
        return c;
    }

    private char raw() throws IOException {
        if (at >= json.length()) {
            throw new IOException("not a provision answer: ends too early");
        }
        return json.charAt(at++);
    }

    private void blanks() {
        while (at < json.length() && " \t\r\n".indexOf(json.charAt(at)) >= 0) {
            at++;
        }
    }

    private IOException wrong(String wanted) {
        return new IOException("not a provision answer: expected " + wanted + " at character " + at);
    }
}
