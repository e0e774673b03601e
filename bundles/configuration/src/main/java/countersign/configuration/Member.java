package countersign.configuration;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The members of the configuration file whose shape is fixed (secure-channel.md section 12 and, last, ours). Matched with their case. */
enum Member {
    LOG_FOLDER("logFolder", Kind.FOLDER, true),
    EVENT_FOLDER("eventFolder", Kind.FOLDER, true),
    LATCH_KEY_FOLDER("latchKeyFolder", Kind.FOLDER, true),
    MONITOR_INTERVAL("monitorIntervalInSeconds", Kind.UNSIGNED, true),
    POLL_INTERVAL("pollKeyStatusIntervalInSeconds", Kind.UNSIGNED, true),
    EBPF_PROGRAM_NAME("ebpfProgramName", Kind.TEXT, true),
    EBPF_FILE_FULL_PATH("ebpfFileFullPath", Kind.TEXT, false),
    MAX_EVENT_FILE_COUNT("maxEventFileCount", Kind.UNSIGNED, false),
    FILE_LOG_LEVEL("fileLogLevel", Kind.TEXT, false),
    FILE_LOG_LEVEL_FOR_EVENTS("fileLogLevelForEvents", Kind.TEXT, false),
    FILE_LOG_LEVEL_FOR_SYSTEM_EVENTS("fileLogLevelForSystemEvents", Kind.TEXT, false),
    CGROUP_ROOT("cgroupRoot", Kind.TEXT, false),
    ENABLE_HTTP_PROXY_TRACE("enableHttpProxyTrace", Kind.FLAG, false),
    CANONICAL_REQUEST_MODE("canonicalRequestMode", Kind.TEXT, false),
    CONNECTIONS_PER_USER("connectionsPerUser", Kind.UNSIGNED, false),
    TOLERATE_ENCODED_QUESTION_MARK("tolerateEncodedQuestionMark", Kind.FLAG, false),
    EVIL_TWINS("evilTwins", Kind.FLAG, false),
    PIN_FOLDER("pinFolder", Kind.TEXT, false),
    LIBBPF_PATH("libbpfPath", Kind.TEXT, false),
    DENY_UNKNOWN_NETNS("denyUnknownNetns", Kind.FLAG, false),
    EGRESS_GUARD("egressGuard", Kind.FLAG, false),
    RATE_LIMIT_PER_SECOND("rateLimitPerSecond", Kind.UNSIGNED, false),
    RATE_LIMIT_BURST("rateLimitBurst", Kind.UNSIGNED, false);

    /** What a value must be. */
    enum Kind {
        /** A string in which {@code %NAME%} is replaced. */
        FOLDER("a string"),
        TEXT("a string"),
        UNSIGNED("a whole number from 0"),
        FLAG("true or false");

        private final String expectation;

        Kind(String expectation) {
            this.expectation = expectation;
        }

        String expectation() {
            return expectation;
        }
    }

    private static final Map<String, Member> BY_LABEL =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Member::label, Function.identity()));

    private final String label;
    private final Kind kind;
    private final boolean required;

    Member(String label, Kind kind, boolean required) {
        this.label = label;
        this.kind = kind;
        this.required = required;
    }

    /** The member of that name, or {@code null} for one this version does not know. */
    static Member named(String label) {
        return BY_LABEL.get(label);
    }

    String label() {
        return label;
    }

    Kind kind() {
        return kind;
    }

    boolean required() {
        return required;
    }
}
