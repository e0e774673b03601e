package countersign.itests.lab.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** One run of a {@link LoadPlan}; starts when made. A client that failed goes on with a new connection. */
final class LoadRun {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final long PAUSE_NANOS = 2_000_000;

    private final LoadPlan plan;
    private final InetSocketAddress server;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicReference<String> firstFault = new AtomicReference<>("");
    private final AtomicLong count = new AtomicLong();
    private final long measureFrom;
    private volatile long end;

    LoadRun(LoadPlan plan) {
        this.plan = plan;
        this.server = new InetSocketAddress(plan.address(), plan.port());
        this.measureFrom = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.warmUpMillis());
        this.end = measureFrom + TimeUnit.MILLISECONDS.toNanos(plan.millis());
        for (int i = 0; i < plan.clients(); i++) {
            Worker worker = new Worker(i);
            workers.add(worker);
            worker.start();
        }
    }

    long count() {
        return count.get();
    }

    void stop() {
        end = System.nanoTime();
    }

    LoadResult finish() throws InterruptedException {
        Histogram all = newHistogram();
        long failed = 0;
        long misjudged = 0;
        long forwarded = 0;
        for (Worker worker : workers) {
            worker.join();
            all.add(worker.latencies);
            failed += worker.failed;
            misjudged += worker.misjudged;
            forwarded += worker.forwarded;
        }
        return new LoadResult(all, count.get(), failed, misjudged, forwarded, end - measureFrom, firstFault.get());
    }

    static Histogram newHistogram() {
        return new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
    }

    private final class Worker extends Thread {
        private final Histogram latencies = newHistogram();
        private final LeanReader reader = new LeanReader();
        private int next;
        private Socket socket;
        private long failed;
        private long misjudged;
        private long forwarded;

        private Worker(int number) {
            super("client " + number);
            next = number;
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            while (now - end < 0) {
                LoadPlan.Shot shot = plan.shots().get(next++ % plan.shots().size());
                long before = now;
                int status = fire(shot);
                now = System.nanoTime();
                count.incrementAndGet();
                forwarded += status == 200 ? 1 : 0;
                if (status < 0) {
                    failed++;
                    // A refused connect costs next to nothing: without a pause the machine would do little else.
                    LockSupport.parkNanos(PAUSE_NANOS);
                    now = System.nanoTime();
                } else if (status != shot.status()) {
                    misjudged++;
                    firstFault.compareAndSet("", "status " + status + " instead of " + shot.status());
                } else if (before - measureFrom >= 0) {
                    latencies.recordValue(now - before);
                }
            }
            hangUp();
        }

        /** The status, or -1 if the exchange failed. */
        private int fire(LoadPlan.Shot shot) {
            try {
                if (socket == null) {
                    socket = new Socket();
                    socket.setTcpNoDelay(true);
                    socket.setSoTimeout(TIMEOUT_MILLIS);
                    socket.connect(server, TIMEOUT_MILLIS);
                    reader.attach(socket.getInputStream());
                }
                socket.getOutputStream().write(shot.request());
                int status = reader.read();
                if (!plan.keepAlive() || reader.closes()) {
                    hangUp();
                }
                return status;
            } catch (IOException e) {
                firstFault.compareAndSet("", String.valueOf(e.getMessage()));
                hangUp();
                return -1;
            }
        }

        private void hangUp() {
            if (socket != null) {
                try {
                    socket.close();
                } catch (IOException e) {
                    firstFault.compareAndSet("", "close: " + e.getMessage());
                }
                socket = null;
            }
        }
    }
}
