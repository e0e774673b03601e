package countersign.authorization.engine.live;

/**
 * Numbers snapshots through the whole life of the agent, also when this bundle is replaced by another version of itself: the count is kept
 * where every class loader of the JVM finds it.
 */
final class Epochs {
    private static final String PROPERTY = "countersign.authorization.epoch";

    private Epochs() {}

    /** 1 for the first snapshot of this JVM, then counting up. */
    static long next() {
        return Long.parseLong((String) System.getProperties().compute(PROPERTY, (key, last) -> last == null ? "1" : String.valueOf(Long.parseLong((String) last) + 1)));
    }
}
