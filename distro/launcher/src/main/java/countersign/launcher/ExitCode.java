package countersign.launcher;

/** What the exit status of a command says (secure-channel.md section 10; usage errors: its section 13, Q21). */
final class ExitCode {
    static final int OK = 0;
    /** {@code status}: provisioning has not finished, or the agent cannot be reached. */
    static final int NOT_FINISHED = 1;
    /** {@code status}: provisioning has finished with an error, printed on standard output. */
    static final int FINISHED_WITH_ERROR = 2;
    /** {@code agent}: it cannot guard; the reason is on standard error. */
    static final int CANNOT_GUARD = 3;
    static final int USAGE = 64;

    private ExitCode() {}
}
