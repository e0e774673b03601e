package countersign.keys.keeper;

import static java.util.Objects.requireNonNull;

import countersign.host.HostClient;
import countersign.host.HostClock;
import countersign.host.HostResponse;
import countersign.keys.KeyVault;
import countersign.keys.SigningKey;
import countersign.lease.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Services that may be replaced or absent, seen as ones that are always there and then fail. */
final class Leased {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private Leased() {}

    private interface Call<S, T> {
        T on(S service) throws IOException;
    }

    static HostClient host(Lease<HostClient> lease) {
        return request -> call(lease, "host client", service -> service.send(request));
    }

    /** Without a clock the answers are simply not used for it. */
    static Consumer<HostResponse> clock(Lease<HostClock> lease) {
        return answer -> {
            Optional<Lease.Hold<HostClock>> held = lease.acquire(Duration.ZERO);
            if (held.isPresent()) {
                try (Lease.Hold<HostClock> clock = held.get()) {
                    clock.service().observe(answer);
                }
            }
        };
    }

    static KeyVault vault(Lease<KeyVault> lease) {
        return new Vault(lease);
    }

    private static <S, T> T call(Lease<S> lease, String what, Call<S, T> call) throws IOException {
        Optional<Lease.Hold<S>> held = lease.acquire(PATIENCE);
        if (held.isEmpty()) {
            throw new IOException("no " + what + " is running");
        }
        try (Lease.Hold<S> hold = held.get()) {
            return call.on(hold.service());
        }
    }

    private static final class Vault implements KeyVault {
        private static final String WHAT = "key vault";

        private final Lease<KeyVault> lease;

        Vault(Lease<KeyVault> lease) {
            this.lease = requireNonNull(lease, "lease");
        }

        @Override
        public void store(SigningKey key) throws IOException {
            call(lease, WHAT, vault -> {
                vault.store(key);
                return key;
            });
        }

        @Override
        public void confirm(String guid) throws IOException {
            call(lease, WHAT, vault -> {
                vault.confirm(guid);
                return guid;
            });
        }

        @Override
        public Optional<SigningKey> pending(String guid) throws IOException {
            return call(lease, WHAT, vault -> vault.pending(guid));
        }

        @Override
        public Optional<SigningKey> load(String guid) throws IOException {
            return call(lease, WHAT, vault -> vault.load(guid));
        }

        @Override
        public void prune(String current, Optional<String> previous) throws IOException {
            call(lease, WHAT, vault -> {
                vault.prune(current, previous);
                return current;
            });
        }
    }
}
