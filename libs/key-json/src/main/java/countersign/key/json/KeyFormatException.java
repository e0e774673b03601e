package countersign.key.json;

import java.io.IOException;

/** What should be a key document is none. The message quotes nothing of it. */
public final class KeyFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    KeyFormatException(String message) {
        super(message);
    }
}
