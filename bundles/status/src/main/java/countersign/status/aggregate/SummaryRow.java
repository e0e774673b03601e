package countersign.status.aggregate;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** One element of a connection summary (status.md section 5.1). */
record SummaryRow(
        String userName,
        String ip,
        int port,
        String processCmdLine,
        String responseStatus,
        long count,
        List<String> userGroups,
        String processFullPath) {
    SummaryRow {
        requireNonNull(userName, "userName");
        requireNonNull(ip, "ip");
        requireNonNull(processCmdLine, "processCmdLine");
        requireNonNull(responseStatus, "responseStatus");
        userGroups = List.copyOf(userGroups);
        requireNonNull(processFullPath, "processFullPath");
    }
}
