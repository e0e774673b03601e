package countersign.host.client.metadata;

import java.io.IOException;

/** A document of the host that cannot be used. The message says what was expected and quotes nothing of it. */
final class MetadataException extends IOException {
    private static final long serialVersionUID = 1L;

    MetadataException(String message) {
        super(message);
    }
}
