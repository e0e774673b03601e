package countersign.endorsement;

import static java.util.Objects.requireNonNull;

import countersign.request.RequestHead;
import java.util.function.Function;

/** The outcome of endorsing a request. */
public sealed interface Endorsement {
    /** Send exactly this head: request line and header block are covered by the signature in it. */
    record Signed(RequestHead head, String keyGuid) implements Endorsement {
        public Signed {
            requireNonNull(head, "head");
            requireNonNull(keyGuid, "keyGuid");
        }

        @Override
        public <T> T fold(Function<Signed, T> onSigned, Function<Unsigned, T> onUnsigned, Function<Refused, T> onRefused) {
            return onSigned.apply(this);
        }
    }

    /** Send exactly this head, with date and claims and without a signature. */
    record Unsigned(RequestHead head, UnsignedReason reason) implements Endorsement {
        public Unsigned {
            requireNonNull(head, "head");
            requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(Function<Signed, T> onSigned, Function<Unsigned, T> onUnsigned, Function<Refused, T> onRefused) {
            return onUnsigned.apply(this);
        }
    }

    /** Send nothing; answer with {@link RefusalReason#status}. */
    record Refused(RefusalReason reason) implements Endorsement {
        public Refused {
            requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(Function<Signed, T> onSigned, Function<Unsigned, T> onUnsigned, Function<Refused, T> onRefused) {
            return onRefused.apply(this);
        }
    }

    /** Why a request goes out without a signature. */
    enum UnsignedReason {
        /** The host takes this one unsigned (signing.md section 7). */
        EXEMPT,
        /** The host cannot check signatures yet, or only audits (secure-channel.md Q8). Counted. */
        NO_KEY,
        /** An own request that is never signed. */
        OWN_UNSIGNED
    }

    <T> T fold(Function<Signed, T> onSigned, Function<Unsigned, T> onUnsigned, Function<Refused, T> onRefused);
}
