package countersign.itests.lab.bench;

/** Does nothing: what a JVM costs by itself. */
public final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
