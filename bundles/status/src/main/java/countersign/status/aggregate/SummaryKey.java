package countersign.status.aggregate;

import countersign.summary.JsonText;
import countersign.summary.RequestSummary;

/**
 * What makes requests count together (status.md section 5.2). Callers choose most of it, so every text is bounded by what it takes
 * in the document, and free of half characters (proxy.md P15).
 */
record SummaryKey(String userName, String clientIp, String ip, int port, String processFullPath, String processCmdLine, String responseStatus) {
    private static final int LONGEST = 512;

    /** Stands for everything that came when the map was full. */
    static final SummaryKey OVERFLOW = new SummaryKey("overflow", "", "None", 0, "overflow", "overflow", "0 Overflow");

    static SummaryKey of(RequestSummary summary, String responseStatus) {
        return new SummaryKey(
                bounded(summary.userName()), summary.clientIp(), summary.ip(), summary.port(), bounded(summary.processFullPath()),
                bounded(summary.processCmdLine()), responseStatus);
    }

    /** At most 512 bytes as written, what is escaped included; the last three of a shortened text are {@code ...}. */
    static String bounded(String text) {
        return JsonText.bounded(text, LONGEST - 3);
    }
}
