package countersign.itests.lab.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final String TWO = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: a\r\n\r\nhi"
            + "HTTP/1.1 403 Forbidden\r\nConnection: close\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2;x=1\r\nbc\r\n0\r\nTrailer: 1\r\n\r\n";

    @Test
    void answersOnOneConnection_areReadOneByOne() throws IOException {
        AnswerReader reader = new AnswerReader(stream(TWO));
        Answer first = reader.read(false);
        assertEquals("200 hi [a]", first.status() + " " + first.text() + " " + first.values("x"));
        assertFalse(first.closes());
        Answer second = reader.read(false);
        assertEquals("403 abc", second.status() + " " + second.text());
        assertTrue(second.closes());
        assertEquals("closed without an answer", assertThrows(EOFException.class, () -> reader.read(false)).getMessage());
    }

    @Test
    void interimAnswer_isSkipped() throws IOException {
        assertEquals(204, new AnswerReader(stream("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")).read(false).status());
    }

    @Test
    void bodyCutShort_isAnError() {
        AnswerReader reader = new AnswerReader(stream("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"));
        assertEquals("closed after 2 of 5 bytes of the body", assertThrows(EOFException.class, () -> reader.read(false)).getMessage());
    }

    @Test
    void answer_survivesItsTextualForm() throws IOException {
        Answer answer = new AnswerReader(stream(TWO)).read(false);
        Answer copy = Answer.decode(answer.encode());
        assertEquals(answer.fields(), copy.fields());
        assertEquals("200 hi", copy.status() + " " + copy.text());
    }

    @Test
    void mark_ofTheAgent_isRecognised() throws IOException {
        assertTrue(new AnswerReader(stream("HTTP/1.1 204 x\r\nX-MS-Azure-Host-Authorization: value\r\n\r\n")).read(false).forwardedByAgent());
        assertFalse(new AnswerReader(stream("HTTP/1.1 204 x\r\n\r\n")).read(false).forwardedByAgent());
    }

    @Test
    void leanReader_seesTheSame() throws IOException {
        LeanReader reader = new LeanReader();
        reader.attach(trickle(TWO + TWO));
        for (int i = 0; i < 2; i++) {
            assertEquals(200, reader.read());
            assertFalse(reader.closes());
            assertEquals(403, reader.read());
            assertTrue(reader.closes());
        }
        assertThrows(EOFException.class, reader::read);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Three bytes at a time, so that every part is split somewhere. */
    private static InputStream trickle(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 3));
            }
        };
    }
}
