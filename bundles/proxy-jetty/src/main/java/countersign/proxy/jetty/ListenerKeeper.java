package countersign.proxy.jetty;

import countersign.interception.InterceptionException;
import countersign.interception.Interceptor;
import countersign.lease.Lease;
import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.Provisioning;
import countersign.telemetry.NoticeEvent;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.felix.hc.api.FormattingResultLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps trying until the listener is open (proxy.md section 1 and P21), then has each interceptor that appears direct connections to it and
 * tells provisioning. All on one thread of its own, because binding and claiming may take their time.
 */
final class ListenerKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerKeeper.class);
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final String MODULE = "proxy_server";

    private final Supplier<Listener> factory;
    private final Pace pace;
    private final Services services;
    private final Consumer<Listener> onListening;
    private final Lease<Interceptor> interceptor = new Lease<>(DRAIN);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "countersign-listener");
        made.setDaemon(true);
        return made;
    });
    private Future<?> pending = CompletableFuture.completedFuture(null);
    private volatile Listener listener;
    private volatile String trouble = "";
    private int attempts;

    /**
     * How often what failed is tried again.
     *
     * @param busyTries attempts at an address in use, {@code busy} apart, before it is reported
     * @param failed between attempts after that, and after other errors
     */
    record Pace(int busyTries, Duration busy, Duration failed, Duration claim) {
        static final Pace STANDARD = new Pace(6, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(1));
    }

    ListenerKeeper(Supplier<Listener> factory, Pace pace, Services services, Consumer<Listener> onListening) {
        this.factory = factory;
        this.pace = pace;
        this.services = services;
        this.onListening = onListening;
    }

    void start() {
        thread.execute(this::bind);
    }

    void bindInterceptor(Interceptor service) {
        interceptor.bind(service);
        // Pinned programs of a predecessor keep the port for the agent they know: only a new interceptor makes that this one.
        submit(this::bind, Duration.ZERO);
    }

    void unbindInterceptor(Interceptor service) {
        interceptor.unbind(service);
    }

    /** A provisioning service has appeared, which has to be told. */
    void provisioningAppeared() {
        submit(this::report, Duration.ZERO);
    }

    private void bind() {
        if (listener != null) {
            claim();
            return;
        }
        // One chain of tries, however many interceptors come meanwhile.
        pending.cancel(false);
        Listener opening = factory.get();
        try {
            opening.open();
        } catch (IOException e) {
            // Programs that a predecessor pinned refuse the port until the interceptor has taken them over: no trouble yet.
            boolean early = !interceptor.isBound();
            boolean again = (isBusy(e) || early) && ++attempts < pace.busyTries();
            if (again) {
                LOG.warn("listener: {}; trying again", e.getMessage());
            } else if (trouble.isEmpty()) {
                notice(NoticeEvent.Level.WARN, "ListenerFailed", e.getMessage());
            }
            if (!again) {
                trouble = e.getMessage();
                report();
            }
            pending = submit(this::bind, again ? pace.busy() : pace.failed());
            return;
        }
        listener = opening;
        trouble = "";
        notice(NoticeEvent.Level.INFO, "ListenerStarted", "listening at " + opening.address());
        onListening.accept(opening);
        report();
        claim();
    }

    private void claim() {
        try (Lease.Hold<Interceptor> hold = interceptor.acquire(Duration.ZERO).orElse(null)) {
            if (hold != null) {
                hold.service().claim(listener.address());
                LOG.info("redirected connections come to {}", listener.address());
            }
        } catch (InterceptionException | RuntimeException e) {
            LOG.warn("listener not claimed, redirected connections are refused: {}", e.getMessage());
            submit(this::claim, pace.claim());
        }
    }

    private void report() {
        try (Lease.Hold<Provisioning> hold = services.provisioning.acquire(Duration.ZERO).orElse(null)) {
            if (hold != null && listener != null) {
                hold.service().ready(ProvisionFlag.LISTENER_READY);
            } else if (hold != null && !trouble.isEmpty()) {
                hold.service().notReady(ProvisionFlag.LISTENER_READY, trouble);
            }
        } catch (RuntimeException e) {
            LOG.warn("provisioning not told of the listener", e);
        }
    }

    private void notice(NoticeEvent.Level level, String name, String message) {
        if (level == NoticeEvent.Level.INFO) {
            LOG.info("{}", message);
        } else {
            LOG.warn("listener: {}", message);
        }
        services.telemetry
                .acquire(Duration.ZERO)
                .ifPresent(hold -> {
                    try (hold) {
                        hold.service().publish(new NoticeEvent(Instant.now(), level, MODULE, name, message));
                    }
                });
    }

    private Future<?> submit(Runnable task, Duration delay) {
        try {
            return thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("listener is being closed");
            return CompletableFuture.completedFuture(null);
        }
    }

    private static boolean isBusy(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof BindException && String.valueOf(t.getMessage()).contains("in use")) {
                return true;
            }
        }
        return false;
    }

    /** The state of the listener as the status document tells it (proxy.md section 1 and P21). Safe from any thread. */
    void report(FormattingResultLog log) {
        Listener open = listener;
        if (open != null) {
            log.debug("proxyConnectionsCount={}", open.counters().get("requests"));
            log.info("Started proxy listener at {}", open.address());
        } else if (trouble.isEmpty()) {
            log.temporarilyUnavailable("Proxy listener is not open yet.");
        } else {
            log.critical("{}", trouble);
        }
    }

    /** Stops trying and closes the listener. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (listener != null) {
            listener.close();
        }
    }
}
