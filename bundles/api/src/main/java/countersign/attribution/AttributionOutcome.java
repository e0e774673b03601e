package countersign.attribution;

import static java.util.Objects.requireNonNull;

import countersign.endpoint.Endpoint;
import java.util.function.Function;

/** The outcome of {@link Attribution#attribute}. There is no third case and no default. */
public sealed interface AttributionOutcome {
    /** The connection was redirected from {@code endpoint} and made by {@code caller}. */
    record Attributed(Endpoint endpoint, Caller caller) implements AttributionOutcome {
        public Attributed {
            requireNonNull(endpoint, "endpoint");
            requireNonNull(caller, "caller");
        }

        @Override
        public <T> T fold(Function<Attributed, T> onAttributed, Function<Unattributed, T> onUnattributed) {
            return onAttributed.apply(this);
        }
    }

    /** Nothing may be forwarded on this connection. */
    record Unattributed(Reason reason) implements AttributionOutcome {
        public Unattributed {
            requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(Function<Attributed, T> onAttributed, Function<Unattributed, T> onUnattributed) {
            return onUnattributed.apply(this);
        }
    }

    /** Why a connection has no caller (interception.md section 4). */
    enum Reason {
        /** The kernel has no record: the connection was not redirected, or its table was full. */
        NO_RECORD,
        /** The record was written by programs of another layout. */
        RECORD_LAYOUT,
        /** The recorded destination is not guarded, or the connection reached another listener than ours. */
        DESTINATION,
        /** The executable's path is not UTF-8 and so cannot be judged or reported (proxy.md P11). */
        EXECUTABLE_NAME,
        /** The kernel's tables could not be read. */
        UNAVAILABLE
    }

    <T> T fold(Function<Attributed, T> onAttributed, Function<Unattributed, T> onUnattributed);
}
