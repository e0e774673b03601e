package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvisionAnswerTest {
    @Test
    void contractAnswer_isUnderstood() throws IOException {
        assertEquals(new ProvisionAnswer(true, ""), parse("{\"finished\":true,\"errorMessage\":\"\"}"));
        assertEquals(new ProvisionAnswer(false, "keyLatchStatus - Status unknown.\r\n"),
            parse("{\"finished\":false,\"errorMessage\":\"keyLatchStatus - Status unknown.\\r\\n\"}"));
    }

    @Test
    void blanksEscapesAndOtherMembers_areUnderstood() throws IOException {
        assertEquals(new ProvisionAnswer(true, "a\"\\/\b\f\n\t\u00e9\ud83d\ude00ü"),
            parse(" { \"errorMessage\" : \"a\\\"\\\\\\/\\b\\f\\n\\t\\u00E9\\ud83d\\uDE00ü\" , \"n\": -1.5e3, \"z\":null,\"finished\" : true } "));
    }

    @Test
    void chunkedBody_isPutTogether() throws IOException {
        byte[] answer = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "10\r\n{\"finished\":true\r\n8;x=y\r\n,\"errorM\r\n0b\r\nessage\":\"\"}\r\n0\r\n\r\n").getBytes(StandardCharsets.UTF_8);
        assertEquals(new ProvisionAnswer(true, ""), ProvisionAnswer.parse(answer));
    }

    @Test
    void bodyUpToTheEnd_isTakenWithoutLength() throws IOException {
        byte[] answer = "HTTP/1.1 200 OK\r\n\r\n{\"finished\":false,\"errorMessage\":\"\"}".getBytes(StandardCharsets.UTF_8);
        assertEquals(new ProvisionAnswer(false, ""), ProvisionAnswer.parse(answer));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "{}", "[]", "{\"finished\":true}", "{\"errorMessage\":\"\"}", "{\"finished\":\"true\",\"errorMessage\":\"\"}",
        "{\"finished\":1,\"errorMessage\":\"\"}", "{\"finished\":true,\"errorMessage\":\"\"} x",
        "{\"finished\":true,\"finished\":true,\"errorMessage\":\"\"}", "{\"finished\":true,\"errorMessage\":\"\"",
        "{\"finished\":true,\"errorMessage\":\"\",}", "{\"finished\":true,\"errorMessage\":\"\\x\"}",
        "{\"finished\":true,\"errorMessage\":\"\\u12g4\"}", "{\"finished\":true,\"errorMessage\":{}}",
        "{\"finished\":true,\"errorMessage\":\"\"]"})
    void otherBodies_areRefused(String body) {
        assertThrows(IOException.class, () -> parse(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\nA: b\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 404 Not Found\r\n\r\n{\"finished\":true,\"errorMessage\":\"\"}",
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"finished\":true,\"errorMessage\":\"\"}",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{\"finished\":true,\"errorMessage\":\"\"}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}\r\n0\r\n\r\n"})
    void otherAnswers_areRefused(String answer) {
        assertThrows(IOException.class, () -> ProvisionAnswer.parse(answer.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProvisionAnswer parse(String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\ncontent-length: " + bytes.length + "\r\n\r\n";
        return ProvisionAnswer.parse((head + new String(bytes, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1));
    }
}
