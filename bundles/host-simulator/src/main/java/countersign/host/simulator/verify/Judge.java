package countersign.host.simulator.verify;

import countersign.host.simulator.channel.KeyState;
import countersign.host.simulator.channel.Mode;
import countersign.host.simulator.channel.SecureChannel;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.verify.Verdict.Kind;

/** Applies the table of host-endpoints.md section 9 in its order. Safe for concurrent use. */
public final class Judge {
    private final SignatureCheck signatures;

    public Judge(SignatureCheck signatures) {
        this.signatures = signatures;
    }

    /**
     * Decides about one request.
     *
     * @param mode the mode of the service
     * @param keys the keys at this moment
     */
    public Verdict judge(Service service, Request request, Mode mode, KeyState keys) {
        String attested = service == Service.WIRESERVER ? SecureChannel.attestedGuid(request) : null;
        if (attested != null) {
            return attestation(request, attested, keys);
        }
        Reason signature = request.body().kept() == null ? null : signatures.check(request, keys::validKey);
        if (service == Service.WIRESERVER && SecureChannel.isUnsigned(request)) {
            return new Verdict(Kind.SERVE, Reason.UNSIGNED_ENDPOINT, signature);
        }
        if (Exemption.applies(service, request)) {
            return new Verdict(Kind.SERVE, Reason.EXEMPT, signature);
        }
        if (mode == Mode.DISABLED) {
            return new Verdict(Kind.SERVE, Reason.MODE_DISABLED, signature);
        }
        boolean enforce = mode == Mode.ENFORCE;
        if (keys.latched() == null) {
            return new Verdict(enforce ? Kind.SERVE_COUNTED : Kind.SERVE, Reason.NO_KEY_LATCHED, signature);
        }
        if (signature == null) {
            throw new IllegalArgumentException("a request that is not exempt comes with its body");
        }
        if (signature == Reason.VERIFIED) {
            return new Verdict(Kind.SERVE, Reason.VERIFIED, signature);
        }
        return new Verdict(enforce ? Kind.REFUSE : Kind.SERVE_COUNTED, signature, signature);
    }

    /** In every mode, and only with the key that the path names. */
    private Verdict attestation(Request request, String attested, KeyState keys) {
        Reason signature =
                signatures.check(request, guid -> guid.equals(attested) ? keys.attestableKey(guid) : null);
        return new Verdict(signature == Reason.VERIFIED ? Kind.SERVE : Kind.REFUSE, signature, signature);
    }
}
