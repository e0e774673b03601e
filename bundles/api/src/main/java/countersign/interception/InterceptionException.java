package countersign.interception;

import java.io.IOException;

/** The kernel did not do what interception needs. The message says what was asked for, of what, and what to do. */
public class InterceptionException extends IOException {
    private static final long serialVersionUID = 1L;

    public InterceptionException(String message) {
        super(message);
    }

    public InterceptionException(String message, Throwable cause) {
        super(message, cause);
    }
}
