package countersign.configuration;

/** A configuration text that cannot be used. The message names position, member and expectation. */
final class InvalidConfigurationException extends Exception {
    InvalidConfigurationException(String message) {
        super(message);
    }
}
