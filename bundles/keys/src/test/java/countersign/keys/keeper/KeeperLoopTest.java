package countersign.keys.keeper;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.host.HostClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class KeeperLoopTest {
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);

    private final LinkedBlockingQueue<String> happened = new LinkedBlockingQueue<>();
    private KeeperLoop loop;

    @AfterEach
    void stop() {
        loop.stop();
    }

    @Test
    void polls_onceAnInterval_andSoonerWhenItIsShortened() throws Exception {
        start(offline(), HOUR, () -> true);
        assertNotNull(happened.poll(30, TimeUnit.SECONDS));
        loop.interval(TimeUnit.MILLISECONDS.toNanos(1));
        for (int i = 0; i < 20; i++) {
            assertNotNull(happened.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void notification_endsThePause() throws Exception {
        start(offline(), HOUR, () -> true);
        assertNotNull(happened.poll(30, TimeUnit.SECONDS));
        loop.wake();
        assertNotNull(happened.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void bugInATurn_doesNotEndTheLoop() throws Exception {
        start(request -> {
            happened.add("asked");
            throw new IllegalStateException("a bug");
        }, TimeUnit.MILLISECONDS.toNanos(1), () -> true);
        for (int i = 0; i < 5; i++) {
            assertNotNull(happened.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void bundleStoppedInTheMiddleOfATurn_doesNotEndTheLoop() throws Exception {
        start(request -> {
            happened.add("asked");
            throw new NoClassDefFoundError("of a bundle that was replaced meanwhile");
        }, TimeUnit.MILLISECONDS.toNanos(1), () -> true);
        for (int i = 0; i < 5; i++) {
            assertNotNull(happened.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void withoutPermission_nothingIsAsked() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        start(offline(), 1, () -> {
            asked.countDown();
            return false;
        });
        assertTrue(asked.await(30, TimeUnit.SECONDS));
        loop.stop();
        assertNull(happened.poll());
    }

    @Test
    void hangingHost_doesNotDelayTheEnd() throws Exception {
        CompletableFuture<Thread> inside = new CompletableFuture<>();
        start(request -> {
            inside.complete(Thread.currentThread());
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            throw new AssertionError("unreachable");
        }, HOUR, () -> true);
        Thread hanging = inside.get(30, TimeUnit.SECONDS);
        loop.stop();
        // The host never answers: without an interruption this would take for ever.
        hanging.join();
    }

    private HostClient offline() {
        return request -> {
            happened.add("asked");
            throw new IOException("offline");
        };
    }

    private void start(HostClient host, long interval, KeeperLoop.Permit permit) {
        // Late enough for the fast polls of a young process to be over.
        long late = System.nanoTime() - HOUR;
        SecureChannel channel = new SecureChannel(host, answer -> {}, new ModelVault(), new SilentOutput(), () -> System.nanoTime() - late, interval);
        loop = new KeeperLoop(channel, () -> System.nanoTime() - late, permit);
        loop.start();
    }
}
