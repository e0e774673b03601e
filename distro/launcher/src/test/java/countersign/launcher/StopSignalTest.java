package countersign.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StopSignalTest {
    private final InputStream ours = System.in;
    private final Ending ending = new Ending();

    @AfterEach
    void giveBackStandardInput() {
        System.setIn(ours);
    }

    @Test
    void console_stopsOnEnter() throws Exception {
        try (PipedOutputStream keyboard = new PipedOutputStream(); PipedInputStream in = new PipedInputStream(keyboard)) {
            System.setIn(in);
            StopSignal.onEnter(ending);
            keyboard.write("no end yet".getBytes());
            keyboard.flush();
            awaitRead(in);
            assertFalse(ending.await(0));
            keyboard.write('\n');
            keyboard.flush();
            assertEquals(Ending.STOP, ending.await());
        }
    }

    @Test
    void console_doesNotStopAtTheEndOfInput() throws Exception {
        System.setIn(InputStream.nullInputStream());
        Thread reader = StopSignal.onEnter(ending);
        reader.join();
        assertFalse(ending.await(0));
    }

    private static void awaitRead(PipedInputStream in) throws IOException, InterruptedException {
        while (in.available() > 0) {
            Thread.sleep(1);
        }
    }
}
