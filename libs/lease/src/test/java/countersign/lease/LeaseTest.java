package countersign.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class LeaseTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Lease<String> lease = new Lease<>(LONG);

    @Test
    void acquire_withNothingBound_givesUpAfterItsPatience() {
        assertTrue(lease.acquire(Duration.ofMillis(1)).isEmpty());
        assertFalse(lease.isBound());
    }

    @Test
    void acquire_waitsForAServiceThatArrivesInTime() throws Exception {
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> lease.acquire(LONG).orElseThrow().service());
        lease.bind("late");
        assertEquals("late", waiting.get(60, TimeUnit.SECONDS));
    }

    @Test
    void acquireWithin_waitsForTheSuccessorOfAServiceThatJustVanished() throws Exception {
        lease.bind("old");
        lease.unbind("old");
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> lease.acquireWithin(LONG).orElseThrow().service());
        lease.bind("new");
        assertEquals("new", waiting.get(60, TimeUnit.SECONDS));
    }

    @Test
    void acquireWithin_afterALongerAbsence_givesUpAtOnce() {
        Duration absence = Duration.ofMillis(20);
        assertTrue(lease.acquireWithin(absence).isEmpty());
        long start = System.nanoTime();
        for (int i = 0; i < 5_000; i++) {
            assertTrue(lease.acquireWithin(absence).isEmpty());
        }
        assertTrue(System.nanoTime() - start < 5_000 * absence.toNanos(), "each of 5,000 callers waited anew");
    }

    @Test
    void bind_ofASuccessor_redirectsLaterCallsAndUnbindOfThePredecessorKeepsThem() {
        lease.bind("old");
        lease.bind("new");
        lease.unbind("old");
        assertSame("new", lease.acquire(LONG).orElseThrow().service());
    }

    @Test
    void unbind_ofTheSuccessor_fallsBackToThePredecessor() {
        lease.bind("old");
        lease.bind("new");
        lease.unbind("new");
        assertSame("old", lease.acquire(LONG).orElseThrow().service());
    }

    @Test
    void bind_letsEveryWaitingCallerIn_alsoWhenTheServiceGoesAtOnce() throws Exception {
        List<Thread> callers = new ArrayList<>();
        Queue<String> served = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 3; i++) {
            Thread caller = new Thread(() -> lease.acquire(LONG).ifPresent(hold -> {
                try (hold) {
                    served.add(hold.service());
                }
            }));
            caller.start();
            callers.add(caller);
        }
        for (Thread caller : callers) {
            while (caller.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        assertTrue(lease.acquire(Duration.ofMillis(1)).isEmpty());
        lease.bind("brief");
        lease.unbind("brief");
        assertEquals(List.of("brief", "brief", "brief"), List.copyOf(served));
        assertEquals(0, lease.overruns());
        assertTrue(lease.acquire(Duration.ZERO).isEmpty());
    }

    @Test
    void unbind_waitsForTheCallInFlight() throws Exception {
        lease.bind("service");
        Lease.Hold<String> call = lease.acquire(LONG).orElseThrow();
        AtomicBoolean closed = new AtomicBoolean();
        CountDownLatch unbinding = new CountDownLatch(1);
        CompletableFuture<Boolean> closedBeforeUnbindReturned = CompletableFuture.supplyAsync(() -> {
            unbinding.countDown();
            lease.unbind("service");
            return closed.get();
        });
        unbinding.await();
        while (lease.isBound()) {
            Thread.onSpinWait();
        }
        closed.set(true);
        call.close();
        assertTrue(closedBeforeUnbindReturned.get(60, TimeUnit.SECONDS));
        assertEquals(0, lease.overruns());
    }

    @Test
    void unbind_letsGoOfACallThatNeverEnds_andCountsIt() {
        Lease<String> impatient = new Lease<>(Duration.ofMillis(1));
        impatient.bind("service");
        impatient.acquire(LONG).orElseThrow();
        impatient.unbind("service");
        assertEquals(1, impatient.overruns());
        assertTrue(impatient.acquire(Duration.ZERO).isEmpty());
    }

    @Test
    void replacementUnderLoad_neverLosesACallAndNeverCallsAClosedService() throws Exception {
        class Service {
            final AtomicBoolean open = new AtomicBoolean(true);
        }
        Lease<Service> busy = new Lease<>(LONG);
        Service first = new Service();
        busy.bind(first);
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicInteger lost = new AtomicInteger();
        AtomicInteger calledClosed = new AtomicInteger();
        // Not on the common pool, which can be as small as one thread.
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CompletableFuture<?>[] callers = new CompletableFuture<?>[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = CompletableFuture.runAsync(() -> {
                while (running.get()) {
                    busy.acquire(LONG).ifPresentOrElse(hold -> {
                        try (hold) {
                            if (!hold.service().open.get()) {
                                calledClosed.incrementAndGet();
                            }
                        }
                    }, lost::incrementAndGet);
                }
            }, threads);
        }
        Service old = first;
        for (int i = 0; i < 2_000; i++) {
            Service next = new Service();
            if (i % 2 == 0) {
                busy.bind(next);
                busy.unbind(old);
            } else {
                busy.unbind(old);
                busy.bind(next);
            }
            old.open.set(false);
            old = next;
        }
        running.set(false);
        CompletableFuture.allOf(callers).get(60, TimeUnit.SECONDS);
        threads.shutdown();
        assertEquals(0, lost.get());
        assertEquals(0, calledClosed.get());
        assertEquals(0, busy.overruns());
    }
}
