package countersign.keys.keeper.document;

import java.io.IOException;

/** A status document that is not to be followed. The message says what was expected and quotes nothing of the document. */
public final class RefusedStatusException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedStatusException(String message) {
        super(message);
    }
}
