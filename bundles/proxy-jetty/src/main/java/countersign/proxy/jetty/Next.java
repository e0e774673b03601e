package countersign.proxy.jetty;

/** What the thread in charge of a client's connection does next. */
enum Next {
    /** Act on what is buffered. */
    AGAIN,
    /** Read. */
    MORE_BYTES,
    /** Nothing: another thread is in charge, or will be. */
    STOP
}
