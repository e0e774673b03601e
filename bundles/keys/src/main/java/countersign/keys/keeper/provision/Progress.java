package countersign.keys.keeper.provision;

import countersign.provisioning.ProvisionFlag;
import countersign.provisioning.ProvisionReport;
import java.math.BigInteger;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How far provisioning has come, at one moment.
 *
 * @param finished nanoseconds since 1970, 0 when it has not finished
 * @param messages what each part says while it is missing
 */
record Progress(Set<ProvisionFlag> ready, long finished, Map<ProvisionFlag, String> messages) {
    static final Progress NONE = new Progress(Set.of(), 0, Map.of());

    private static final String NO_MESSAGE = "Status unknown.";
    private static final Pattern TICK = Pattern.compile("[+-]?[0-9]{1,39}");

    Progress {
        ready = ready.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(ready));
        messages = Map.copyOf(messages);
    }

    boolean complete() {
        return ready.size() == ProvisionFlag.values().length;
    }

    Progress with(ProvisionFlag flag) {
        Set<ProvisionFlag> more = EnumSet.of(flag);
        more.addAll(ready);
        return new Progress(more, finished, messages);
    }

    Progress without(ProvisionFlag flag) {
        Set<ProvisionFlag> fewer = EnumSet.noneOf(ProvisionFlag.class);
        fewer.addAll(ready);
        fewer.remove(flag);
        return new Progress(fewer, finished, messages);
    }

    Progress saying(ProvisionFlag flag, String message) {
        Map<ProvisionFlag, String> said = new EnumMap<>(ProvisionFlag.class);
        said.putAll(messages);
        said.put(flag, message);
        return new Progress(ready, finished, said);
    }

    Progress finishedAt(long nanos) {
        return new Progress(ready, nanos, messages);
    }

    /** One line for each missing part; empty when none is. */
    String error() {
        StringBuilder lines = new StringBuilder();
        for (ProvisionFlag flag : ProvisionFlag.values()) {
            if (!ready.contains(flag)) {
                lines.append(flag.module()).append(" - ").append(messages.getOrDefault(flag, NO_MESSAGE)).append("\r\n");
            }
        }
        return lines.toString();
    }

    /** @param latched whether the channel's state is neither disabled nor unknown, so that an old completion is enough */
    ProvisionReport answer(String tick, boolean latched) {
        boolean newEnough = BigInteger.valueOf(finished).compareTo(tick(tick)) >= 0;
        return new ProvisionReport(finished > 0 && (latched || newEnough), error());
    }

    /** Absent, unparsable and negative ones count as 0 (secure-channel.md Q9). */
    private static BigInteger tick(String text) {
        if (text == null || !TICK.matcher(text).matches()) {
            return BigInteger.ZERO;
        }
        BigInteger number = new BigInteger(text);
        return number.bitLength() > 127 ? BigInteger.ZERO : number.max(BigInteger.ZERO);
    }
}
