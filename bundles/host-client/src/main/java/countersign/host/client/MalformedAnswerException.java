package countersign.host.client;

import java.io.IOException;

/** The host's answer is not complete, well-formed HTTP within the limits. The message quotes nothing of it. */
final class MalformedAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedAnswerException(String message) {
        super(message);
    }
}
