package countersign.keys.vault.file;

import java.io.IOException;

/** There is something where a key should be, and it must not be used. The message quotes nothing of its content. */
final class UnusableKeyException extends IOException {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String message) {
        super(message);
    }
}
